import numpy as np
import pytest
from support.portrait import draw_face

from libra_emo.media.faces.brows import Brows, find_brows
from libra_emo.media.faces.detection import FaceFinder
from libra_emo.media.faces.geometry import measure_face, measure_landmarks
from libra_emo.media.faces.landmarks import clip_landmarks


def brows(**expression: float) -> Brows:
    picture = draw_face(**expression)
    [points] = clip_landmarks([picture], FaceFinder())
    found = find_brows(picture, points)
    assert found is not None
    return found


def drawn(height: float) -> float:
    """Return a height in radii of the drawn face as distances between its eyes."""
    return height / 0.72


@pytest.mark.parametrize("brow_raise", [-0.06, 0.0, 0.1, 0.2])
def test_a_brow_is_where_it_is_drawn_however_high(brow_raise: float) -> None:
    found = brows(brow_raise=brow_raise)
    expected = drawn(0.42 - 0.2 + brow_raise)
    for height in (found.left_inner, found.left_outer, found.right_inner, found.right_outer):
        assert height == pytest.approx(expected, abs=0.07)


def test_the_gap_is_where_the_brows_begin() -> None:
    assert brows().gap == pytest.approx(drawn(2 * 0.14), abs=0.1)


@pytest.mark.parametrize("change", [{"roll_degrees": 9.0}, {"roll_degrees": -9.0}, {"radius": 85}])
def test_roll_and_scale_change_little(change: dict[str, float]) -> None:
    calm, changed = brows(), brows(**change)
    assert changed.left_inner == pytest.approx(calm.left_inner, abs=0.05)
    assert changed.right_outer == pytest.approx(calm.right_outer, abs=0.05)


def test_a_face_without_brows_has_none() -> None:
    picture = draw_face()
    [points] = clip_landmarks([picture], FaceFinder())
    blank = np.full_like(picture, 180)
    assert find_brows(blank, points) is None
    assert measure_face(blank, points) == measure_landmarks(points)


def test_the_measures_take_the_brows_of_the_picture() -> None:
    picture = draw_face(brow_raise=0.15)
    [points] = clip_landmarks([picture], FaceFinder())
    found, measures = find_brows(picture, points), measure_face(picture, points)
    assert found is not None and measures["brow_gap"] == found.gap
    assert measures["brow_inner"] == (found.left_inner + found.right_inner) / 2
    assert measures["mouth_width"] == measure_landmarks(points)["mouth_width"]
