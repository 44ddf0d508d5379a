import json
from fractions import Fraction

import av
import numpy as np
import pytest
from support.portrait import draw_face

from libra_emo.media.faces.counting import count_faces
from libra_emo.media.faces.detection import SMALL_SIDES, FaceFinder
from libra_emo.media.video.decoding import Frame

FACE = draw_face()
WALL = np.full((252, 448, 3), 110, np.uint8)
TWO = np.hstack([draw_face(280, 252), draw_face(280, 252, smile=0.2)])


def frames(*pictures):
    base = Fraction(1, 1000)
    return [
        Frame(5000 + 333 * number, av.VideoFrame.from_ndarray(picture), base)
        for number, picture in enumerate(pictures)
    ]


def test_one_frame_without_a_face_settles_a_scene_that_needs_all():
    count = count_faces(frames(FACE, FACE, WALL, FACE, WALL), FaceFinder(), 0.99, counted_frames=3)
    assert (count.sampled, count.with_face, count.enough) == (5, 2, False)
    assert count.settled_ms == 5666
    assert count.counts == ()  # nobody asks how many there are where no clip is kept


def test_frame_that_settles_is_the_one_after_which_the_share_is_out_of_reach():
    count = count_faces(frames(WALL, FACE, WALL, FACE, WALL, FACE), FaceFinder(), 0.5)
    assert (count.settled_ms, count.enough) == (5000 + 4 * 333, False)


def test_share_must_be_greater_and_not_equal():
    shown = frames(FACE, WALL, FACE, WALL)
    assert not count_faces(shown, FaceFinder(), 0.5).enough
    assert count_faces(shown, FaceFinder(), 0.49).enough
    assert not count_faces([], FaceFinder(), 0.5).enough


def test_track_has_the_position_of_the_largest_face():
    shown = frames(draw_face(shift=(-80, 0)), draw_face(), draw_face(shift=(80, 0)))
    count = count_faces(shown, FaceFinder(), 0.99)
    track = json.loads(count.track_as_json(5000))
    assert [row[0] for row in track] == [0, 0.333, 0.666]
    middles = [(left + right) / 2 for _, _, right, _, left in track]
    assert middles == pytest.approx([(224 + by) / 448 for by in (-80, 0, 80)], abs=0.05)
    for _, top, right, bottom, left in track:
        assert 0 <= top < bottom <= 1
        assert 0 <= left < right <= 1


def test_faces_are_counted_in_evenly_spread_frames():
    count = count_faces(
        frames(TWO, TWO, FACE, FACE, FACE, FACE), FaceFinder(), 0.99, counted_frames=3
    )
    assert json.loads(count.counts_as_json(5000)) == [[0.333, 2], [0.999, 1], [1.665, 1]]
    assert count.most == 2


def test_no_faces_are_counted_without_frames_for_it():
    count = count_faces(frames(TWO, FACE), FaceFinder(), 0.99)
    assert (count.counts, count.most) == ((), 1)


def test_more_frames_wanted_than_there_are():
    count = count_faces(frames(TWO, FACE), FaceFinder(), 0.99, counted_frames=9)
    assert [number for _, number in count.counts] == [2, 1]


@pytest.mark.parametrize("radius", [40, 90, 160])
def test_number_is_right_for_faces_of_any_size_in_a_large_picture(radius):
    half = draw_face(640, 720, radius=radius)
    count = count_faces(
        frames(np.hstack([half, half])), FaceFinder(small_sides=SMALL_SIDES), 0.99, counted_frames=1
    )
    assert count.most == (2 if radius > 40 else 1)  # 80 pixels are too few in a small picture
