from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.odd_films import FPS, Part, join_parts, read_number, write_part

from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import open_film, start_of
from libra_emo.media.video.sound import SoundReader
from libra_emo.media.video.timeline import find_jumps, read_timeline

LATE = Part(seconds=3, start_s=10)
KINDS = {
    "starts at 10 s": [LATE],
    "starts anew": [Part(seconds=3), Part(seconds=3, first=75)],
    "starts anew twice": [Part(seconds=2, first=50 * place) for place in range(3)],
    "jumps ahead by an hour": [Part(seconds=3), Part(seconds=3, first=75, start_s=3600)],
    "jumps back by an hour": [Part(seconds=3, start_s=3600), Part(seconds=3, first=75)],
    "starts anew with B-frames": [
        Part(seconds=3, b_frames=2),
        Part(seconds=3, first=75, b_frames=2),
    ],
    "wraps after 26.5 hours": [Part(seconds=4, start_s=2**33 / 90_000 - 3)],
}


def numbers_and_times(film):
    with FilmReader(film) as reader:
        frames = list(reader.frames())
        return [read_number(frame.to_array()) for frame in frames], [f.time_ms for f in frames]


@pytest.mark.parametrize("form", ["mpegts", "mpeg"])
@pytest.mark.parametrize("parts", KINDS.values(), ids=list(KINDS))
def test_every_picture_is_used_whatever_the_stamps_do(tmp_path, parts, form):
    film = join_parts(tmp_path / "film.mp4", *parts, form=form)
    numbers, times = numbers_and_times(film)
    count = round(sum(part.seconds for part in parts) * FPS)
    # an MPEG-2 decoder may lose the first pictures of a part that follows another one directly
    assert set(numbers) == set(range(count))
    assert times[0] < 50
    assert max(np.diff(times)) <= 121
    assert times[-1] == pytest.approx(1000 * (count - 1) / FPS, abs=130)


@pytest.mark.parametrize(("ending", "codec"), [("mkv", "libx264"), ("mp4", "libx264")])
def test_late_container_begins_at_zero(tmp_path, ending, codec):
    film = write_part(tmp_path / f"film.{ending}", Part(seconds=2, codec=codec, start_s=7))
    with open_film(film) as container:
        assert start_of(container) == pytest.approx(7, abs=0.1)
    _, times = numbers_and_times(film)
    assert times[0] < 50
    assert times[-1] == pytest.approx(1960, abs=50)


def test_sound_of_a_part_is_shifted_as_its_picture(tmp_path):
    film = join_parts(tmp_path / "film.ts", Part(seconds=3), Part(seconds=3, layout="mono"))
    timeline = read_timeline(film)
    shifts = [
        [float(shift * stream.base) for _, shift in stream.shifts]
        for stream in (timeline.video, timeline.audio)
    ]
    assert shifts[0] == pytest.approx(shifts[1], abs=0.001)
    with SoundReader(film) as sounds:
        samples = sounds.read(0, 6000).samples
    quiet = np.abs(samples).max(axis=0).reshape(-1, 480).max(axis=1) < 0.05
    assert quiet.mean() < 0.05


def straighten(stamps):
    made = stamps.copy()
    for place, shift in find_jumps(stamps, Fraction(1, 1000), can_jump=False):
        made[place:] = stamps[place:] + shift
    return made


STEPS = st.lists(st.integers(30, 50), min_size=20, max_size=60)


@given(STEPS, st.lists(st.tuples(st.integers(2, 18), st.integers(-90_000, -200)), max_size=4))
def test_stamps_that_jump_back_run_on(steps, jumps):
    stamps = np.cumsum(steps)
    whole = stamps.copy()
    for place, jump in jumps:
        whole[place:] += jump
    made = straighten(whole)
    assert np.all(np.diff(made) > 0)
    assert abs((made[-1] - made[0]) - (stamps[-1] - stamps[0])) <= 50 * max(1, len(jumps))


@given(STEPS, st.integers(2, 18), st.sampled_from([-3_600_000, -20_000, 20_000, 3_600_000]))
def test_one_wrong_stamp_changes_no_other(steps, place, jump):
    stamps = np.cumsum(steps)
    whole = stamps.copy()
    whole[place] += jump
    made = straighten(whole)
    others = np.arange(len(whole)) != place
    assert np.abs(made - stamps)[others].max() <= 100


def test_long_still_of_a_slide_show_is_no_jump(tmp_path):
    times = (0, 0.04, 0.08, 30, 30.04)
    film = write_part(tmp_path / "film.mkv", Part(codec="libx264", times=times, sound=None))
    assert numbers_and_times(film)[1] == [0, 40, 80, 30_000, 30_040]
