from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.portrait import draw_face

from libra_emo.media.faces.geometry import (
    MEASURES,
    face_features,
    measure_landmarks,
)
from libra_emo.media.faces.landmarks import LANDMARK_COUNT, Points, clip_landmarks


class Box(NamedTuple):
    top: int
    right: int
    bottom: int
    left: int


class WholeFrameFinder:
    """Finds faces as the library does; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, frame: np.ndarray) -> list[Box]:
        import face_recognition

        self.asked += 1
        found = face_recognition.face_locations(frame, number_of_times_to_upsample=0)
        return [Box(*place) for place in found]


def landmarks(**expression: float) -> Points:
    [points] = clip_landmarks([draw_face(**expression)], WholeFrameFinder())
    assert len(points) == LANDMARK_COUNT
    return points


@pytest.fixture(scope="module")
def calm() -> dict[str, float]:
    return measure_landmarks(landmarks())


@pytest.mark.parametrize(
    ("expression", "measure", "least_change"),
    [
        ({"brow_raise": 0.12}, "brow_inner", 0.1),
        ({"brow_raise": 0.12}, "brow_outer", 0.1),
        ({"smile": 0.15}, "lip_corner", 0.1),
        ({"smile": -0.12}, "lip_corner", -0.05),
        ({"mouth_open": 0.25}, "mouth_open", 0.2),
        ({"eye_open": 0.35}, "eye_open", -0.05),
        ({"roll_degrees": 8.0}, "head_roll", 6.0),
    ],
)
def test_a_drawn_expression_moves_its_measure(
    calm: dict[str, float], expression: dict[str, float], measure: str, least_change: float
) -> None:
    change = measure_landmarks(landmarks(**expression))[measure] - calm[measure]
    assert change * np.sign(least_change) > abs(least_change)


@settings(max_examples=50, deadline=None)
@given(
    angle=st.floats(-40, 40),
    scale=st.floats(0.3, 4),
    shift=st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
)
def test_roll_scale_and_place_change_nothing(
    angle: float, scale: float, shift: tuple[float, float]
) -> None:
    random = np.random.default_rng(7)
    points = random.normal(size=(LANDMARK_COUNT, 2)) * 3 + FACE
    turn = np.radians(angle)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    moved = scale * points @ matrix + np.array(shift)
    before, after = measure_landmarks(points), measure_landmarks(moved)
    for measure in MEASURES:
        if measure != "head_roll":
            assert after[measure] == pytest.approx(before[measure], abs=1e-6), measure


def test_the_roll_is_measured_in_degrees() -> None:
    turn = np.radians(10)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    assert measure_landmarks(FACE)["head_roll"] == pytest.approx(0, abs=1e-9)
    assert measure_landmarks(FACE @ matrix)["head_roll"] == pytest.approx(10)


def test_a_tilted_drawing_measures_as_the_upright_one(calm: dict[str, float]) -> None:
    tilted = measure_landmarks(landmarks(roll_degrees=8.0))
    for measure in ("brow_inner", "lip_corner", "mouth_width", "eye_open"):
        assert tilted[measure] == pytest.approx(calm[measure], abs=0.06), measure


def test_a_larger_drawing_measures_as_the_small_one(calm: dict[str, float]) -> None:
    large = measure_landmarks(landmarks(radius=85))
    for measure in ("brow_inner", "lip_corner", "mouth_width", "eye_open"):
        assert large[measure] == pytest.approx(calm[measure], abs=0.06), measure


def clip_of(change: Callable[[int], dict[str, float]]) -> tuple[list[np.ndarray], list[float]]:
    return [draw_face(**change(place)) for place in range(16)], [place / 4 for place in range(16)]


def test_a_clip_has_mean_sd_and_max_of_each_measure() -> None:
    frames, times = clip_of(lambda place: {"mouth_open": 0.25 if place >= 12 else 0.0})
    finder = WholeFrameFinder()
    features = face_features(frames, times, finder)
    assert finder.asked == 4, "looked for in every fifth of 16 frames"
    assert features["face_share"] == 1
    assert features["face_mouth_open_max"] > features["face_mouth_open_mean"] + 0.1
    assert features["face_mouth_open_sd"] > 0.1 > features["face_lip_asymmetry_sd"]
    assert all(np.isfinite(value) for value in features.values())
    assert all(name.startswith("face_") for name in features)


def test_a_moving_head_is_faster_than_a_still_one() -> None:
    still = face_features(*clip_of(lambda place: {}), WholeFrameFinder())
    moving = face_features(
        *clip_of(lambda place: {"shift": (0, 6 * (place % 3))}),  # type: ignore[dict-item]
        WholeFrameFinder(),
    )
    assert still["face_head_motion_mean"] < 0.1 < moving["face_head_motion_mean"]


def _plain_face() -> Points:
    """Return 68 points that lie about where a face has them, the eyes level."""
    points = np.zeros((LANDMARK_COUNT, 2))
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([100 * np.cos(angle), 20 + 110 * np.sin(angle)], axis=1)
    points[17:22] = [[-70, -35], [-58, -42], [-45, -44], [-32, -41], [-20, -37]]
    points[22:27] = points[17:22][::-1] * [-1, 1]
    points[27:31] = [[0, -5], [0, 12], [0, 28], [0, 40]]
    points[31:36] = [[-15, 48], [-8, 51], [0, 53], [8, 51], [15, 48]]
    points[36:42] = [[-60, 0], [-50, -7], [-38, -7], [-28, 0], [-38, 6], [-50, 6]]
    points[42:48] = [[28, 0], [38, -7], [50, -7], [60, 0], [50, 6], [38, 6]]
    points[48:55] = [[-35, 80], [-22, 74], [-8, 71], [0, 73], [8, 71], [22, 74], [35, 80]]
    points[55:60] = [[22, 90], [8, 95], [0, 96], [-8, 95], [-22, 90]]
    points[60:65] = [[-30, 80], [-8, 79], [0, 80], [8, 79], [30, 80]]
    points[65:68] = [[8, 84], [0, 85], [-8, 84]]
    return points


FACE = _plain_face()
