import numpy as np
import pytest
from support.drawn_films import SHARED
from support.portrait import draw_face

from libra_emo.media.faces.detection import SMALL_SIDES, Box, FaceFinder, find_in_small
from libra_emo.media.video.frames import FilmReader

VIDEOS = SHARED / "videos"
EMPTY = np.full((252, 448, 3), 110, np.uint8)


def overlap(one, other):
    """Return the intersection of two boxes over their union."""
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    width = min(one.right, other.right) - max(one.left, other.left)
    both = max(0, height) * max(0, width)
    return both / (one.area + other.area - both)


def plain(frame):
    import face_recognition

    return [Box(*box) for box in face_recognition.face_locations(frame)]


def test_face_is_found_where_the_plain_way_finds_it():
    frame = draw_face()
    (found,) = FaceFinder().find(frame)
    (wanted,) = plain(frame)
    assert overlap(found, wanted) > 0.6


def test_face_that_moves_is_followed():
    finder = FaceFinder()
    for step in range(5):
        frame = draw_face(shift=(12 * step, 4 * step))
        (found,) = finder.find(frame)
        assert overlap(found, plain(frame)[0]) > 0.5


@pytest.mark.parametrize("radius", [30, 60, 110])
def test_face_of_any_size_is_found_again_by_itself(radius):
    frame = draw_face(radius=radius)
    finder = FaceFinder()
    (first,) = finder.find(frame)
    (again,) = finder.find(frame)
    assert overlap(first, again) > 0.5


def test_face_that_jumps_is_found_elsewhere():
    finder = FaceFinder()
    finder.find(draw_face(shift=(-140, 0)))
    (found,) = finder.find(draw_face(shift=(140, 0)))
    assert found.left > 224


@pytest.mark.parametrize("radius", [35, 100, 260])
def test_small_pictures_find_what_the_whole_one_shows(radius):
    frame = draw_face(1280, 720, radius=radius)
    (found,) = FaceFinder(small_sides=SMALL_SIDES).find(frame)
    (wanted,) = FaceFinder().find(frame)
    assert overlap(found, wanted) > 0.6


def test_small_picture_shows_large_faces_only():
    assert len(find_in_small(draw_face(1280, 720, radius=200), 320)) == 1
    assert find_in_small(draw_face(1280, 720, radius=60), 320) == []


def test_no_face_in_an_empty_frame():
    finder = FaceFinder()
    assert finder.find(EMPTY) == []
    finder.find(draw_face())
    assert finder.find(EMPTY) == []
    assert len(finder.find(draw_face())) == 1


def test_box_lies_within_the_frame():
    frame = draw_face(radius=110, shift=(0, 30))
    finder = FaceFinder()
    for _ in range(3):
        for box in finder.find(frame):
            assert 0 <= box.top < box.bottom <= 252
            assert 0 <= box.left < box.right <= 448


@pytest.mark.slow
@pytest.mark.skipif(not VIDEOS.is_dir(), reason="the real films are not here")
def test_real_frames_are_judged_as_the_plain_way_judges_them():
    # only the crop may see a face that the plain way misses; never the other way round
    frames = agree = 0
    for name in ("chaplin.mp4", "face_noface.mov", "single_face.mp4", "short_hamilton_clip.mp4"):
        finder = FaceFinder(small_sides=SMALL_SIDES)
        with FilmReader(VIDEOS / name) as reader:
            due = 0.0
            for frame in reader.frames():
                if frame.time_ms < due:
                    continue
                due += 1000
                ours = bool(finder.find(frame.to_array()))
                theirs = bool(plain(frame.to_array()))
                assert ours or not theirs
                frames += 1
                agree += ours == theirs
    assert agree / frames > 0.95
