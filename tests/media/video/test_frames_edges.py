from bisect import bisect_left
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from support.odd_films import FPS, Part, join_parts, read_number, write_part

from libra_emo.media.video.frames import FilmReader, UnreadableScene

H264 = {"codec": "libx264", "sound": None, "seconds": 6}
CONTAINERS = {
    "ts": Part(seconds=6, b_frames=2),
    "mpg": Part(seconds=6, b_frames=2, gop=15),
    "h264.avi": Part(**H264, b_frames=2),
    "avi": Part(seconds=6, codec="mpeg4", b_frames=2, sound="mp3"),
    "wmv": Part(seconds=6, codec="wmv2", sound=None),
    "mkv": Part(**H264, b_frames=3, gop=40),
    "mov": Part(**H264, b_frames=3, gop=40),
    "flv": Part(**H264, b_frames=2),
    "webm": Part(seconds=6, codec="libvpx", sound=None),
    "m2ts": Part(**H264, b_frames=3, gop=300),
}
SPANS = [(0, 1200), (1200, 2480), (2480, 2600), (2600, 5000), (5000, 6000)]


def read_spans(reader, spans):
    first = next(iter(reader.list_times(0, None))) if reader.shown else 0
    late = round(first * 1000 * reader.stream.time_base)
    return [read_or_try_again(reader, start + late, end + late) for start, end in spans]


def read_or_try_again(reader, start, end):
    for _ in range(2):
        with suppress(UnreadableScene):
            return [read_number(frame.to_array()) for frame in reader.frames(start, end)]
    return []


def expected(spans):
    times = [1000 * number / FPS for number in range(6 * FPS)]
    return [list(range(bisect_left(times, start), bisect_left(times, end))) for start, end in spans]


@pytest.mark.parametrize(("ending", "part"), CONTAINERS.items(), ids=list(CONTAINERS))
def test_spans_are_exact_in_each_container(tmp_path, ending, part):
    film = write_part(tmp_path / f"film.{ending}", part)
    with FilmReader(film) as reader:
        assert [read_number(frame.to_array()) for frame in reader.frames()] == list(range(150))
        assert read_spans(reader, SPANS) == expected(SPANS)
        assert read_spans(reader, SPANS[::-1]) == expected(SPANS)[::-1]


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
def test_keyframes_far_apart_in_a_transport_stream_lose_no_frame(tmp_path, codec):
    film = write_part(tmp_path / "film.ts", Part(seconds=6, codec=codec, gop=600))
    with FilmReader(film) as reader:
        assert len(list(reader.frames())) == 150
        assert read_spans(reader, SPANS) == expected(SPANS)


def test_spans_are_exact_where_stamps_start_anew(tmp_path):
    film = join_parts(tmp_path / "film.ts", *(Part(seconds=2, first=50 * n) for n in range(3)))
    with FilmReader(film) as reader:
        whole = [read_number(frame.to_array()) for frame in reader.frames()]
        times = [frame.time_ms for frame in reader.frames()]
        edges = [times[place] for place in (0, 40, 70, 120)]
        spans = [*pairwise(edges), (edges[-1], None)]
        parts = [[read_number(f.to_array()) for f in reader.frames(*span)] for span in spans]
    assert [number for part in parts for number in part] == whole


def test_a_reader_that_gives_other_frames_is_noticed(tmp_path, monkeypatch):
    film = write_part(tmp_path / "film.mkv", Part(**H264))
    with FilmReader(film) as reader:
        assert len(list(reader.frames())) == 150
        decode = reader._decoder().__class__._decode

        def lossy(self, *args, **named):
            for place, frame in enumerate(decode(self, *args, **named)):
                if place % 20 != 7:
                    yield frame

        monkeypatch.setattr(reader._decoder().__class__, "_decode", lossy)
        for _ in range(2):
            with pytest.raises(UnreadableScene, match="2"):
                list(reader.frames(2000, 4000))


SIZES = {
    "size": Part(seconds=2, first=50, size=(240, 96)),
    "pixels": Part(seconds=2, first=50, pixels="yuv422p"),
    "shape of a pixel": Part(seconds=2, first=50, aspect=Fraction(4, 3)),
}


@pytest.mark.parametrize("second", SIZES.values(), ids=list(SIZES))
def test_picture_may_change_inside_a_film(tmp_path, second):
    film = join_parts(tmp_path / "film.ts", Part(seconds=2), second)
    with FilmReader(film) as reader:
        frames = list(reader.frames())
        assert {read_number(frame.to_array()) for frame in frames} == set(range(100))
        shapes = [frame.to_array().shape[1] / frame.to_array().shape[0] for frame in frames]
    wide = Fraction(*second.size) * (second.aspect or 1)
    assert shapes[0] == pytest.approx(160 / 96, rel=0.02)
    assert shapes[-1] == pytest.approx(float(wide), rel=0.03)
    assert np.all(np.diff([frame.time_ms for frame in frames]) > 0)
