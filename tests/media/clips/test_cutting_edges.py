import os

import av
import pytest
from support.drawn_films import write_film

from libra_emo.media.clips.cutting import cut_scenes_out
from libra_emo.media.clips.mp4 import ClipError
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.scenes import Scene


def cut(film, tmp_path, *scenes):
    folders = tmp_path / "clips", tmp_path / "shards"
    with FilmReader(film) as reader:
        return cut_scenes_out(reader, "film", scenes, PreprocessingOptions(), *folders).shard


def test_film_without_sound_gives_silence(tmp_path):
    path = cut(write_film(tmp_path / "film.mp4", [4], tone=False), tmp_path, Scene(0, 4000))
    (clip_id,) = ShardReader(path.parent).clip_ids()
    clip = ShardReader(path.parent).clip(clip_id)
    assert len(clip.audio) == 64_000
    assert not clip.audio.any()
    with av.open(str(tmp_path / f"clips/{clip_id}.mp4")) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]


def test_picture_that_starts_late_keeps_its_time(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4], first_s=1.0)
    path = cut(film, tmp_path, Scene(0, 5000))
    clip = ShardReader(path.parent).clip("film-00000000-00005000")
    assert len(clip.frames) == 16
    assert clip.times_s[0] == 1.0
    with av.open(str(tmp_path / "clips/film-00000000-00005000.mp4")) as file:
        assert next(file.decode(video=0)).time == pytest.approx(1.0, abs=0.001)


def test_fewer_frames_than_a_shard_has_are_repeated(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4], fps=2)
    path = cut(film, tmp_path, Scene(0, 4000))
    clip = ShardReader(path.parent).clip("film-00000000-00004000")
    assert len(clip.frames) == 16
    assert sorted(set(clip.times_s)) == [number / 2 for number in range(8)]


def test_odd_sizes_are_made_even(tmp_path):
    film = write_film(tmp_path / "film.mkv", [1], size=(102, 72), codec="mpeg4")
    cut(film, tmp_path, Scene(0, 1000))
    with av.open(str(tmp_path / "clips/film-00000000-00001000.mp4")) as file:
        assert (file.streams[0].width, file.streams[0].height) == (102, 72)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "clips").mkdir(mode=0o500)
    with pytest.raises(ClipError, match="clips"):
        cut(write_film(tmp_path / "film.mp4", [1]), tmp_path, Scene(0, 1000))


def test_clip_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    film = write_film(tmp_path / "film.mp4", [2, 2])
    blocked = tmp_path / "clips/film-00002000-00004000.mp4"
    blocked.mkdir(parents=True)  # a folder in the file's place
    with pytest.raises(ClipError, match="00002000"):
        cut(film, tmp_path, Scene(0, 2000), Scene(2000, 4000))
    assert list((tmp_path / "shards").iterdir()) == []
    names = sorted(path.name for path in (tmp_path / "clips").iterdir())
    assert names == ["film-00000000-00002000.mp4", blocked.name]
