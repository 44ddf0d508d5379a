import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.drawn_films import SHARED, write_film

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.decoding import Frame
from libra_emo.media.video.opening import UnreadableFilm
from libra_emo.media.video.scenes import detect_scenes, follow_scenes

OPTIONS = PreprocessingOptions()
VIDEOS = SHARED / "videos"


def test_picture_that_starts_late_is_part_of_the_first_scene(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4, 3], first_s=1.5)
    scenes = detect_scenes(film, OPTIONS)
    assert [(scene.start_s, scene.end_s) for scene in scenes] == [(0, 5.5), (5.5, 8.5)]


def test_frames_left_out_move_no_cut(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4, 3], drop={5, 6, 7, 20, 33, 60})
    assert [scene.start_ms for scene in detect_scenes(film, OPTIONS)] == [0, 4000]


def test_one_frame_is_one_scene(tmp_path):
    film = write_film(tmp_path / "film.mp4", [1 / 12], tone=False)
    (scene,) = detect_scenes(film, OPTIONS)
    assert (scene.start_ms, scene.end_ms) == (0, 83)


@pytest.mark.parametrize("content", [b"", b"no film, only words\n" * 50, bytes(range(256)) * 40])
def test_file_that_is_no_film_is_named(tmp_path, content):
    film = tmp_path / "film.mp4"
    film.write_bytes(content)
    with pytest.raises(UnreadableFilm, match=r"film\.mp4"):
        detect_scenes(film, OPTIONS)


def test_film_that_breaks_off_ends_there(tmp_path):
    whole = write_film(tmp_path / "whole.mkv", [4, 4, 4])
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    scenes = detect_scenes(torn, OPTIONS)
    assert scenes[0].start_ms == 0
    assert 3000 < scenes[-1].end_ms < 12000


@pytest.mark.parametrize("name", ["-a 'b' \"c\".mp4", "电影 一.mp4", "film: 50 %.mp4"])
def test_any_file_name_will_do(tmp_path, name):
    film = write_film(tmp_path / "film.mp4", [4])
    shutil.move(film, tmp_path / name)
    assert [s.end_ms for s in detect_scenes(tmp_path / name, OPTIONS)] == [4000]


@pytest.mark.skipif(not VIDEOS.is_dir(), reason="the real films are not here")
def test_film_without_duration_ends_with_its_last_frame():
    (scene,) = detect_scenes(VIDEOS / "no_duration.webm", OPTIONS)
    assert (scene.start_ms, scene.end_ms) == (0, 4938)


class _LateFinder:
    """Tells of each cut so many frames late, as a detector does."""

    def __init__(self, cuts, delay):
        self.delay, self._cuts, self._seen = delay, set(cuts), []

    def push(self, frame):
        self._seen.append(frame.time_ms)
        late = self._seen[-1 - self.delay] if len(self._seen) > self.delay else None
        return [late] if late in self._cuts else []


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 39)), st.integers(0, 5))
def test_every_frame_belongs_to_the_scene_it_lies_in(cuts, delay):
    frames = [Frame(time, None, None) for time in range(40)]
    found = {cut for cut in cuts if cut + delay < 40}
    tagged = list(follow_scenes(frames, _LateFinder(cuts, delay)))
    assert [frame.time_ms for _, frame in tagged] == list(range(40))
    for start, frame in tagged:
        assert start == max([cut for cut in found if cut <= frame.time_ms], default=0)
