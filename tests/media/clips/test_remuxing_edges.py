from fractions import Fraction

import av
import numpy as np
import pytest
from support.drawn_films import write_film
from support.odd_films import Paint, Part, read_number, write_colour, write_part

from libra_emo.media.clips.cutting import cut_scenes_out
from libra_emo.media.clips.remuxing import PacketReader
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.scenes import Scene


def read(film, scene, **options):
    with PacketReader(film, PreprocessingOptions(**options)) as packets:
        return packets.read(scene)


@pytest.mark.parametrize(
    "options", [{"clip_copy_kilobits": 0}, {"clip_copy_kilobits": 1}, {"clip_pixels": 80}]
)
def test_limits_are_choices(tmp_path, options):
    film = write_film(tmp_path / "film.mp4", [3, 4], gop=12)
    assert read(film, Scene(3000, 7000)) is not None
    assert read(film, Scene(3000, 7000), **options) is None


def test_other_codecs_are_encoded_again(tmp_path):
    film = write_film(tmp_path / "film.mp4", [2, 4], codec="mpeg4")
    assert read(film, Scene(2000, 6000)) is None


def test_scene_that_begins_between_keyframes_is_encoded_again(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4])
    assert read(film, Scene(500, 4000)) is None
    with FilmReader(film) as reader:
        folders = tmp_path / "clips", tmp_path / "shards"
        cut_scenes_out(reader, "film", [Scene(500, 4000)], PreprocessingOptions(), *folders)
    (path,) = (tmp_path / "clips").iterdir()
    with av.open(str(path)) as clip:
        times = [frame.time for frame in clip.decode(video=0)]
    assert times == pytest.approx([number / 12 for number in range(42)], abs=0.001)


def test_picture_that_starts_late_keeps_its_time_when_copied(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4], first_s=1.0)
    assert read(film, Scene(0, 5000)) is not None
    with FilmReader(film) as reader:
        folders = tmp_path / "clips", tmp_path / "shards"
        cut_scenes_out(reader, "film", [Scene(0, 5000)], PreprocessingOptions(), *folders)
    with av.open(str(tmp_path / "clips/film-00000000-00005000.mp4")) as clip:
        assert next(clip.decode(video=0)).time == pytest.approx(1.0, abs=0.001)


def test_pixels_that_are_not_square_are_encoded_again(tmp_path):
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 90, np.uint8))
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert read(film, Scene(0, 4000)) is None


def test_film_that_breaks_off_within_a_scene_gives_what_is_there(tmp_path):
    whole = write_film(tmp_path / "whole.mkv", [4, 4])
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size * 7 // 10])
    with FilmReader(torn) as reader:
        times = [frame.time_ms for frame in reader.frames() if frame.time_ms >= 4000]
        folders = tmp_path / "clips", tmp_path / "shards"
        scene = Scene(4000, reader.end_ms)
        cut_scenes_out(reader, "film", [scene], PreprocessingOptions(), *folders)
    (path,) = (tmp_path / "clips").iterdir()
    with av.open(str(path)) as clip:
        assert len(list(clip.decode(video=0))) == len(times)


VARIABLE = tuple(n / 25 for n in range(11)) + tuple(0.4 + 0.4 * n for n in range(1, 19))


@pytest.mark.parametrize("ending", ["mkv", "mp4", "mov", "flv"])
@pytest.mark.parametrize("late_s", [0.0, 0.242, 1.5])
@pytest.mark.parametrize("b_frames", [0, 3])
def test_variable_frame_rate_is_copied_at_its_own_times(tmp_path, ending, late_s, b_frames):
    times = tuple(round(late_s + time, 3) for time in VARIABLE)
    part = Part(seconds=9, codec="libx264", sound="aac", times=times, b_frames=b_frames, gop=99)
    film = write_part(tmp_path / f"film.{ending}", part)
    with FilmReader(film) as reader:
        wanted = [frame.time_ms / 1000 for frame in reader.frames()]
        scene = Scene(0, reader.end_ms)
        assert read(film, scene) is not None
        folders = tmp_path / "clips", tmp_path / "shards"
        cut_scenes_out(reader, "film", [scene], PreprocessingOptions(), *folders)
    (path,) = (tmp_path / "clips").iterdir()
    with av.open(str(path)) as clip:
        shown = [
            (frame.time, read_number(frame.to_ndarray(format="rgb24")))
            for frame in clip.decode(video=0)
        ]
    assert [time for time, _ in shown] == pytest.approx(wanted, abs=0.002)
    assert [number for _, number in shown] == list(range(len(times)))


UNPLAYED = {
    "a profile that browsers do not play": ({"qp": "0", "preset": "ultrafast"}, "yuv420p"),
    "4:2:2": ({"preset": "ultrafast"}, "yuv422p"),
    "ten bits": ({"preset": "ultrafast"}, "yuv420p10le"),
}


@pytest.mark.parametrize(("options", "pixels"), UNPLAYED.values(), ids=list(UNPLAYED))
def test_what_browsers_do_not_play_is_encoded_again(tmp_path, options, pixels):
    part = Part(seconds=4, codec="libx264", pixels=pixels, sound=None, options=(*options.items(),))
    film = write_part(tmp_path / "film.mp4", part)
    assert read(film, Scene(0, 4000)) is None
    with FilmReader(film) as reader:
        folders = tmp_path / "clips", tmp_path / "shards"
        cut_scenes_out(reader, "film", [Scene(0, 4000)], PreprocessingOptions(), *folders)
    with av.open(str(tmp_path / "clips/film-00000000-00004000.mp4")) as clip:
        assert clip.streams.video[0].codec_context.profile == "High"


@pytest.mark.parametrize("tags", [(1, 1, 1, 2), (9, 9, 16, 1), (9, 9, 18, 1)])
def test_other_colours_than_those_of_a_screen_are_encoded_again(tmp_path, tags):
    film = write_colour(tmp_path / "film.mp4", Paint(tags=tags), np.uint8((200, 40, 40)), 4)
    assert read(film, Scene(0, 4000)) is None


def test_scene_that_begins_with_a_false_keyframe_shows_its_pictures(tmp_path):
    part = Part(seconds=6, codec="libx264", sound=None, gop=250, b_frames=0)
    true, film = write_part(tmp_path / "true.mp4", part), tmp_path / "film.mkv"
    with av.open(str(true)) as source, av.open(str(film), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size:
                packet.is_keyframe = packet.is_keyframe or number == 50
                packet.stream = stream
                target.mux(packet)
    folders = tmp_path / "clips", tmp_path / "shards"
    with FilmReader(film) as reader:
        assert len(list(reader.frames())) == 150
        cut = cut_scenes_out(reader, "film", [Scene(2000, 5000)], PreprocessingOptions(), *folders)
    assert not cut.failed
    with av.open(str(tmp_path / "clips/film-00002000-00005000.mp4")) as clip:
        shown = [read_number(frame.to_ndarray(format="rgb24")) for frame in clip.decode(video=0)]
    assert shown == list(range(50, 125))
    frames = ShardReader(tmp_path / "shards").clip("film-00002000-00005000").frames
    numbers = [read_number(frame) for frame in frames]
    assert numbers == [50 + int((place + 0.5) * 75 / 16) for place in range(16)]


def test_scene_with_a_damaged_picture_shows_what_can_be_decoded(tmp_path):
    part = Part(seconds=6, codec="libx264", sound=None, gop=250, b_frames=2)
    film = write_part(tmp_path / "film.mp4", part)
    with av.open(str(film)) as container:
        spans = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    content = bytearray(film.read_bytes())
    place, size = spans[60]
    content[place + 6 : place + size] = bytes(size - 6)
    film.write_bytes(content)
    folders = tmp_path / "clips", tmp_path / "shards"
    with FilmReader(film) as reader:
        decoded = len(list(reader.frames()))
        scene = Scene(0, reader.end_ms)
        cut = cut_scenes_out(reader, "film", [scene], PreprocessingOptions(), *folders)
    assert not cut.failed
    with av.open(str(next((tmp_path / "clips").iterdir()))) as clip:
        assert len(list(clip.decode(video=0))) == decoded
