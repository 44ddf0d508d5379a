import numpy as np
import pytest
from support.odd_films import FPS, Part, write_part

from libra_emo.media.clips.verifying import shows_scene
from libra_emo.media.video.frames import FilmReader

TIMES = [number / FPS for number in range(50)]


@pytest.fixture
def clip(tmp_path):
    return write_part(tmp_path / "clip.mp4", Part(seconds=2, codec="libx264", sound=None))


def first_of(clip):
    with FilmReader(clip) as reader:
        return reader.read_first()


def test_clip_shows_its_scene(clip):
    assert shows_scene(clip, TIMES, first_of(clip))


WRONG = {
    "early": [time + 0.08 for time in TIMES],
    "one less": TIMES[:-1],
    "one more": [*TIMES, 2.0],
    "one late": [*TIMES[:-1], TIMES[-1] + 0.01],
}


@pytest.mark.parametrize("times", WRONG.values(), ids=list(WRONG))
def test_other_times_are_noticed(clip, times):
    assert not shows_scene(clip, times, first_of(clip))


def test_other_picture_is_noticed(clip, tmp_path):
    other = write_part(
        tmp_path / "other.mp4", Part(seconds=1, first=9, codec="libx264", sound=None)
    )
    assert not shows_scene(clip, TIMES, first_of(other))


def test_file_that_is_no_film_shows_nothing(tmp_path, clip):
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(np.random.default_rng(1).bytes(2000))
    assert not shows_scene(damaged, TIMES, first_of(clip))
