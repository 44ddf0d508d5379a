import pytest
from support.drawn_films import write_film

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import UnreadableFilm
from libra_emo.media.video.sampling import sample_scenes, sample_split_scene
from libra_emo.media.video.scenes import Scene

OPTIONS = PreprocessingOptions()


def sample(path, options=OPTIONS):
    with FilmReader(path) as reader:
        return [
            (scene, [frame.time_ms for frame in frames])
            for scene, frames in sample_scenes(reader, options)
        ]


def test_frames_are_those_shown_every_third_of_a_second(tmp_path):
    film = write_film(tmp_path / "film.mp4", [3, 2], fps=12)
    (first, times), (second, others) = sample(film)
    assert (first, second) == (Scene(0, 3000), Scene(3000, 5000))
    assert times == [0, 333, 667, 1000, 1333, 1667, 2000, 2333, 2667]
    assert others == [3000, 3333, 3667, 4000, 4333, 4667]


def test_how_many_is_a_choice(tmp_path):
    film = write_film(tmp_path / "film.mp4", [2], fps=12)
    ((_, times),) = sample(film, PreprocessingOptions(faces_per_second=1))
    assert times == [0, 1000]


@pytest.mark.parametrize("seconds", [11, 40])
def test_no_more_frames_are_held_than_the_longest_clip_has(tmp_path, seconds):
    film = write_film(tmp_path / "film.mp4", [seconds], fps=12)
    ((scene, times),) = sample(film)
    assert scene == Scene(0, seconds * 1000)
    assert len(times) == 31
    assert times[-1] == 10_000


def test_scenes_come_while_the_film_is_decoded(tmp_path):
    film = write_film(tmp_path / "film.mp4", [2, 30], fps=12)
    with FilmReader(film) as reader:
        scene, _ = next(sample_scenes(reader, OPTIONS))
        assert scene == Scene(0, 2000)
        assert reader.end_ms == 0  # the end was not reached


def test_parts_of_a_scene_begin_with_a_frame(tmp_path):
    film = write_film(tmp_path / "film.mp4", [8], fps=12)
    with FilmReader(film) as reader:
        pieces = list(sample_split_scene(reader, Scene(0, 8000), [3990], OPTIONS))
    assert [scene for scene, _ in pieces] == [Scene(0, 4000), Scene(4000, 8000)]
    assert [frame.time_ms for frame in pieces[1][1]][:2] == [4000, 4333]


def test_film_without_a_picture_that_decodes_is_told(tmp_path):
    film = write_film(tmp_path / "film.mkv", [2], fps=12, tone=False)
    content = film.read_bytes()
    film.write_bytes(content[:900])
    with pytest.raises(UnreadableFilm):
        sample(film)
