from typing import NamedTuple

import numpy as np
from support.portrait import draw_face

from libra_emo.media.faces.geometry import face_features
from libra_emo.media.faces.landmarks import clip_landmarks


class Box(NamedTuple):
    top: int
    right: int
    bottom: int
    left: int


FACE_BOX = Box(66, 284, 186, 164)


class KnownFaces:
    """Finds known faces in each picture, which its first pixel identifies."""

    def __init__(self, boxes: dict[int, list[Box]]) -> None:
        self.boxes = boxes
        self.asked: list[int] = []

    def find(self, frame: np.ndarray) -> list[Box]:
        self.asked.append(int(frame[0, 0, 0]))
        return self.boxes.get(int(frame[0, 0, 0]), [])


def numbered(count: int) -> list[np.ndarray]:
    frames = [draw_face() for _ in range(count)]
    for place, frame in enumerate(frames):
        frame[0, 0, 0] = place
    return frames


def times(count: int) -> list[float]:
    return [float(place) for place in range(count)]


def test_no_face_gives_nan_and_no_error() -> None:
    frames = [np.zeros((120, 200, 3), np.uint8)] * 16
    features = face_features(frames, times(16), KnownFaces({}))
    assert features.pop("face_share") == 0
    assert all(np.isnan(value) for value in features.values()) and len(features) > 50


def test_no_frames_give_nan() -> None:
    features = face_features([], [], KnownFaces({}))
    assert features["face_share"] == 0 and np.isnan(features["face_lip_corner_mean"])


def test_with_and_without_a_face_the_columns_are_the_same() -> None:
    always = {place: [FACE_BOX] for place in range(16)}
    with_face = face_features(numbered(16), times(16), KnownFaces(always))
    assert list(with_face) == list(face_features(numbered(16), times(16), KnownFaces({})))


def test_two_frames_with_a_face_are_too_few() -> None:
    features = face_features(numbered(16), times(16), KnownFaces({0: [FACE_BOX]}), 4)
    assert features["face_share"] == 1 / 16 and np.isnan(features["face_eye_open_mean"])


def test_between_a_face_and_none_every_frame_is_looked_at() -> None:
    finder = KnownFaces({place: [FACE_BOX] for place in range(6)})
    found = clip_landmarks(numbered(9), finder, 4)
    assert sorted(finder.asked) == [0, 4, 5, 6, 7, 8]
    assert [len(points) > 0 for points in found] == [True] * 6 + [False] * 3


def test_the_followed_face_is_not_left_for_a_larger_one() -> None:
    beside = Box(0, 160, 160, 0)
    finder = KnownFaces({0: [FACE_BOX], 4: [beside, FACE_BOX]})
    first, *_, last = clip_landmarks(numbered(5), finder, 4)
    assert np.abs(first - last).max() < 1


def test_the_largest_face_is_the_one_that_is_followed() -> None:
    small = Box(0, 40, 40, 0)
    [both] = clip_landmarks(numbered(1), KnownFaces({0: [small, FACE_BOX]}))
    [alone] = clip_landmarks(numbered(1), KnownFaces({0: [FACE_BOX]}))
    np.testing.assert_array_equal(both, alone)


def test_a_box_outside_the_picture_does_not_raise() -> None:
    features = face_features(
        numbered(4), times(4), KnownFaces({place: [Box(-30, 500, 300, 200)] for place in range(4)})
    )
    assert features["face_share"] == 1
