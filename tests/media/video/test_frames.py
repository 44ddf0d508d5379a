import gc

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_films import write_film

from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import to_ms


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_span_holds_the_frames_that_begin_in_it(tmp_path, ending):
    film = write_film(tmp_path / f"film.{ending}", [4, 4])
    with FilmReader(film) as reader:
        whole = [frame.time_ms for frame in reader.frames()]
        assert len(whole) == 96
        for start, end in ((0, 500), (3917, 4084), (4000, 8000), (7917, None), (9000, None)):
            times = [frame.time_ms for frame in reader.frames(start, end)]
            assert times == [time for time in whole if start <= time < (end or 10_000)]


def test_frames_are_the_same_from_the_middle_as_from_the_beginning(tmp_path):
    film = write_film(tmp_path / "film.mp4", [3, 3])
    with FilmReader(film) as reader:
        whole = {frame.time_ms: frame.to_array() for frame in reader.frames()}
        for frame in reader.frames(2500, 3500):
            assert (frame.to_array() == whole[frame.time_ms]).all()


def test_end_is_that_of_the_last_frame(tmp_path):
    film = write_film(tmp_path / "film.mkv", [2], fps=10)
    with FilmReader(film) as reader:
        assert len(list(reader.frames())) == 20
        assert reader.end_ms == 2000
        assert reader.read_duration_ms() == pytest.approx(2000, abs=64)  # sound may end later


@given(st.integers(0, 10**9), st.fractions(min_value="1/100000", max_value=1))
def test_milliseconds_are_the_nearest(pts, base):
    assert abs(to_ms(pts, base) - pts * base * 1000) <= 0.5


def test_no_picture_waits_in_memory_until_python_looks_for_cycles(tmp_path):
    gc.collect()
    gc.disable()
    try:
        with FilmReader(write_film(tmp_path / "film.mp4", [4], fps=24)) as reader:
            assert sum(1 for _ in reader.frames()) == 96
        living = sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())
    finally:
        gc.enable()
    assert living < 10
