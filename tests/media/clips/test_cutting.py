import av
import numpy as np
import pytest
from support.drawn_films import write_film

from libra_emo.media.clips.cutting import cut_scenes_out
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.scenes import Scene

RED, BLUE = (np.full((64, 96, 3), colour, np.uint8) for colour in ((220, 30, 30), (30, 30, 220)))


def cut(film, tmp_path, *scenes, **options):
    with FilmReader(film) as reader:
        return cut_scenes_out(
            reader,
            "film",
            scenes,
            PreprocessingOptions(**options),
            tmp_path / "clips",
            tmp_path / "shards",
        ).shard


def strongest(samples, rate):
    return np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)


def test_clip_file_is_what_browsers_play(tmp_path):
    film = write_film(tmp_path / "film.mkv", [2, 4])
    cut(film, tmp_path, Scene(2000, 6000))
    path = tmp_path / "clips/film-00002000-00006000.mp4"
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # it starts before it is all there
    with av.open(str(path)) as clip:
        video, audio = clip.streams
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (audio.codec_context.name, audio.codec_context.sample_rate) == ("aac", 16_000)
        assert clip.duration / 1e6 == pytest.approx(4.0, abs=0.001)
        times = [frame.time for frame in clip.decode(video)]
    assert len(times) == 48
    assert times == pytest.approx([number / 12 for number in range(48)], abs=0.001)


def test_clip_holds_the_pictures_of_its_scene_and_no_other(tmp_path):
    film = write_film(tmp_path / "film.mp4", [(2, RED), (4, BLUE), (2, RED)])
    cut(film, tmp_path, Scene(2000, 6000))
    with av.open(str(tmp_path / "clips/film-00002000-00006000.mp4")) as clip:
        pictures = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    assert len(pictures) == 48
    for picture in pictures:
        assert picture.mean(axis=(0, 1)).argmax() == 2


def test_shard_holds_frames_at_the_middle_of_equal_spans_and_the_sound(tmp_path):
    film = write_film(tmp_path / "film.mp4", [(2, RED), (4, BLUE)], fps=24)
    path = cut(film, tmp_path, Scene(2000, 6000))
    clip = ShardReader(path.parent).clip("film-00002000-00006000")
    assert len(clip.frames) == 16
    wanted = [(number + 0.5) * 4 / 16 for number in range(16)]
    assert clip.times_s == pytest.approx(wanted, abs=1 / 24)
    assert all(time <= due + 0.001 for time, due in zip(clip.times_s, wanted, strict=True))
    assert all(frame.mean(axis=(0, 1)).argmax() == 2 for frame in clip.frames)
    assert (clip.sample_rate, len(clip.audio)) == (16_000, 64_000)
    for second in range(4):  # the film's tone rises by 100 Hz every second, from 200 Hz
        part = clip.audio[second * 16_000 + 500 : (second + 1) * 16_000 - 500]
        assert strongest(part, 16_000) == pytest.approx(400 + 100 * second, 0.02)


def test_shard_has_the_same_bytes_when_cut_again(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4, 4])
    scenes = Scene(0, 4000), Scene(4000, 8000)
    first = cut(film, tmp_path / "one", *scenes).read_bytes()
    assert cut(film, tmp_path / "two", *reversed(scenes)).read_bytes() == first


def test_sizes_are_choices_and_nothing_is_enlarged(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4], size=(192, 108))
    path = cut(film, tmp_path, Scene(0, 4000), clip_pixels=101, shard_frame_pixels=96)
    (clip_id,) = ShardReader(path.parent).clip_ids()
    assert ShardReader(path.parent).clip(clip_id).frames[0].shape == (54, 96, 3)
    with av.open(str(tmp_path / f"clips/{clip_id}.mp4")) as clip:
        assert (clip.streams[0].width, clip.streams[0].height) == (100, 56)
    path = cut(film, tmp_path, Scene(0, 4000))
    assert ShardReader(path.parent).clip(clip_id).frames[0].shape == (108, 192, 3)
