import av
import numpy as np
import pytest
from support.drawn_films import SHARED, write_film

from libra_emo.media.clips.cutting import cut_scenes_out
from libra_emo.media.clips.remuxing import PacketReader
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.scenes import Scene

VIDEOS = SHARED / "videos"


def read(film, *scenes, **options):
    with PacketReader(film, PreprocessingOptions(**options)) as packets:
        return [packets.read(scene) for scene in scenes]


def cut(film, tmp_path, scene):
    folders = tmp_path / "clips", tmp_path / "shards"
    with FilmReader(film) as reader:
        cut_scenes_out(reader, "film", [scene], PreprocessingOptions(), *folders)
    (path,) = (tmp_path / "clips").iterdir()
    return path


def pictures(path):
    with av.open(str(path)) as clip:
        return [(frame.time, frame.to_ndarray()) for frame in clip.decode(video=0)]


@pytest.mark.parametrize("ending", ["mp4", "mkv", "flv"])
def test_copied_clip_shows_the_films_own_pictures(tmp_path, ending):
    film = write_film(tmp_path / f"film.{ending}", [3, 4, 3], gop=12)
    with FilmReader(film) as reader:
        frames = list(reader.frames())
        first = frames[0].time_ms  # FLV keeps the encoder's delay
        frames = [frame for frame in frames if 3000 <= frame.time_ms - first < 7000]
        wanted = [frame.picture.to_ndarray() for frame in frames]
        scene = Scene(frames[0].time_ms, frames[-1].time_ms + 83)
    assert read(film, scene) != [None]
    shown = pictures(cut(film, tmp_path, scene))
    assert [time for time, _ in shown] == pytest.approx([n / 12 for n in range(48)], abs=0.002)
    assert all(np.array_equal(one, two) for (_, one), two in zip(shown, wanted, strict=True))


def test_copied_clip_starts_early_and_has_all_its_sound(tmp_path):
    film = write_film(tmp_path / "film.mkv", [3, 4], gop=12)
    path = cut(film, tmp_path, Scene(3000, 7000))
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as clip:
        video, audio = clip.streams
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert clip.duration / 1e6 == pytest.approx(4.0, abs=0.001)
        samples = sum(frame.samples for frame in clip.decode(audio))
    assert samples == pytest.approx(4 * 16_000, abs=1024)


def test_whatever_is_copied_is_what_the_scene_shows(tmp_path):
    film = write_film(tmp_path / "film.mp4", [2, 3], fps=24)
    with FilmReader(film) as reader:
        frames = list(reader.frames())
    times = [frame.time_ms for frame in frames] + [5000]
    spans = [(a, b) for a in range(0, 120, 3) for b in range(a + 24, 121, 5)]
    scenes = [Scene(times[first], times[last]) for first, last in spans]
    copied = read(film, *scenes)
    for (first, last), found in zip(spans, copied, strict=True):
        if found is not None:
            assert found.times == [frame.picture.pts for frame in frames[first:last]]
    assert any(found is None for found in copied)
    assert sum(found is not None for found in copied) > 3


@pytest.mark.skipif(not VIDEOS.is_dir(), reason="the real films are not here")
def test_real_film_is_copied_from_its_beginning(tmp_path):
    film = VIDEOS / "liveportrait_s32.mp4"
    assert read(film, Scene(0, 6000)) != [None]
    with FilmReader(film) as reader:
        wanted = [frame.picture.to_ndarray() for frame in reader.frames()]
    shown = [picture for _, picture in pictures(cut(film, tmp_path, Scene(0, 6000)))]
    assert len(shown) == len(wanted)
    assert all(np.array_equal(one, two) for one, two in zip(shown, wanted, strict=True))
