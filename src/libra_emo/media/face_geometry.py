"""The face of a clip as numbers: landmarks, and the geometry that an expression changes.

Every length is divided by the distance between the eyes and taken after the head's roll is
undone, so that a nearer camera or a tilted head changes nothing. The landmarks are the 68 points
of dlib's predictor as face_recognition ships it (numbered here from 0, as dlib does).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

LANDMARK_COUNT = 68
MEASURES = (
    "brow_inner",
    "brow_outer",
    "brow_slope",
    "brow_gap",
    "brow_asymmetry",
    "eye_open",
    "eye_asymmetry",
    "lower_lid",
    "mouth_open",
    "mouth_width",
    "lip_corner",
    "lip_asymmetry",
    "lip_thickness",
    "nose_lip",
    "jaw_drop",
    "head_roll",
    "head_yaw",
    "head_pitch",
)
STATISTICS = ("mean", "sd", "max")
MIN_FRAMES_WITH_FACE = 3
SAME_FACE_OVERLAP = 0.2


class FaceBox(Protocol):
    """A face's place in a picture, in pixels from the top left corner."""

    @property
    def top(self) -> int:
        """The first row."""

    @property
    def right(self) -> int:
        """The column after the last."""

    @property
    def bottom(self) -> int:
        """The row after the last."""

    @property
    def left(self) -> int:
        """The first column."""


class FindsFaces(Protocol):
    """What finds the faces of one picture."""

    def find(self, frame_rgb: NDArray[np.uint8]) -> Sequence[FaceBox]:
        """Return the boxes of the faces in an RGB picture."""


class _Box(NamedTuple):
    top: float
    right: float
    bottom: float
    left: float


def face_features(
    frames: Sequence[NDArray[np.uint8]],
    times_s: Sequence[float],
    finder: FindsFaces,
    detect_every_frames: int = 5,
) -> dict[str, float]:
    """Return the `face_*` features of a clip: mean, sd and max of each measure over its frames.

    With a face in fewer than three frames everything but `face_share` is NaN.

    Args:
        frames: The clip's RGB pictures in their order.
        times_s: When each was taken, in seconds.
        finder: What finds the faces; the largest one is followed.
        detect_every_frames: In how many frames the face is looked for once; in between its box
            is interpolated, since the landmarks tolerate a box that is a little off.
    """
    landmarks = clip_landmarks(frames, finder, detect_every_frames)
    found = [(time, points) for time, points in zip(times_s, landmarks, strict=True) if len(points)]
    share = len(found) / len(frames) if frames else 0.0
    names = [f"face_{measure}_{name}" for measure in MEASURES for name in STATISTICS]
    names += ["face_head_motion_mean", "face_head_motion_max"]
    features = dict.fromkeys(names, float("nan")) | {"face_share": share}
    if len(found) < MIN_FRAMES_WITH_FACE:
        return features
    rows = [measure_landmarks(points) for _, points in found]
    for measure in MEASURES:
        values = np.array([row[measure] for row in rows])
        features[f"face_{measure}_mean"] = float(values.mean())
        features[f"face_{measure}_sd"] = float(values.std())
        features[f"face_{measure}_max"] = float(values.max())
    speed = _head_speed(found)
    features["face_head_motion_mean"] = float(speed.mean())
    features["face_head_motion_max"] = float(speed.max())
    return features


def measure_landmarks(points: Points) -> dict[str, float]:
    """Return the measures of one face, in distances between the eyes (`head_roll` in degrees).

    Heights are positive upwards; `lip_corner` is how far the corners of the mouth lie above its
    middle, `brow_slope` how much higher the inner ends of the brows are than the outer ones,
    `brow_gap` the distance between their inner ends.

    Args:
        points: 68 rows of x and y in pixels, y downwards.
    """
    upright, roll = _upright(points)
    x, up = upright[:, 0], -upright[:, 1]
    inner, outer = up[[20, 21, 22, 23]].mean(), up[[17, 18, 25, 26]].mean()
    left_brow, right_brow = up[17:22].mean(), up[22:27].mean()
    left_eye = (up[[37, 38]] - up[[41, 40]]).mean()
    right_eye = (up[[43, 44]] - up[[47, 46]]).mean()
    corners = up[[48, 54]].mean()
    return {
        "brow_inner": float(inner),
        "brow_outer": float(outer),
        "brow_slope": float(inner - outer),
        "brow_gap": float(x[22] - x[21]),
        "brow_asymmetry": float(abs(left_brow - right_brow)),
        "eye_open": float((left_eye + right_eye) / 2),
        "eye_asymmetry": float(abs(left_eye - right_eye)),
        "lower_lid": float(up[[40, 41, 46, 47]].mean()),
        "mouth_open": float(up[62] - up[66]),
        "mouth_width": float(x[54] - x[48]),
        "lip_corner": float(corners - up[[62, 66]].mean()),
        "lip_asymmetry": float(abs(up[48] - up[54])),
        "lip_thickness": float(up[51] - up[62] + up[66] - up[57]),
        "nose_lip": float(up[33] - up[51]),
        "jaw_drop": float(up[33] - up[8]),
        "head_roll": roll,
        "head_yaw": float(abs(x[30])),
        "head_pitch": float(-up[30]),
    }


def clip_landmarks(
    frames: Sequence[NDArray[np.uint8]], finder: FindsFaces, detect_every_frames: int = 5
) -> list[Points]:
    """Return the landmarks of the followed face in every frame: (68, 2), or (0, 2) without one."""
    count = len(frames)
    boxes: dict[int, _Box | None] = {}
    for index in sorted({*range(0, count, detect_every_frames), count - 1} if count else set()):
        boxes[index] = _follow(finder.find(frames[index]), _last(boxes, index))
    for index in range(count):
        if index not in boxes:
            boxes[index] = _between(boxes, index, detect_every_frames) or _follow(
                finder.find(frames[index]), _last(boxes, index)
            )
    return [_predict(frame, boxes[index]) for index, frame in enumerate(frames)]


def _predict(frame: NDArray[np.uint8], box: _Box | None) -> Points:
    if box is None:
        return np.empty((0, 2))
    import cv2
    import dlib
    from face_recognition.api import pose_predictor_68_point

    height, width = frame.shape[:2]
    down, across = (box.bottom - box.top) / 2, (box.right - box.left) / 2
    top, left = max(int(box.top - down), 0), max(int(box.left - across), 0)
    bottom, right = min(int(box.bottom + down), height), min(int(box.right + across), width)
    grey = cv2.cvtColor(np.ascontiguousarray(frame[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    sides = (box.left - left, box.top - top, box.right - left, box.bottom - top)
    parts = pose_predictor_68_point(grey, dlib.rectangle(*(round(side) for side in sides))).parts()
    return np.array([(left + part.x, top + part.y) for part in parts], dtype=np.float64)


def _follow(found: Sequence[FaceBox], last: _Box | None) -> _Box | None:
    """Return the face that overlaps the last one most, else the largest."""
    boxes = [_Box(box.top, box.right, box.bottom, box.left) for box in found]
    if not boxes:
        return None
    if last is not None:
        nearest = max(boxes, key=lambda box: _overlap(box, last))
        if _overlap(nearest, last) >= SAME_FACE_OVERLAP:
            return nearest
    return max(boxes, key=lambda box: (box.bottom - box.top) * (box.right - box.left))


def _last(boxes: dict[int, _Box | None], index: int) -> _Box | None:
    seen = [place for place, box in boxes.items() if place < index and box is not None]
    return boxes[max(seen)] if seen else None


def _between(boxes: dict[int, _Box | None], index: int, step: int) -> _Box | None:
    """Return the box interpolated from the two looked-for frames around, if they agree."""
    before = index - index % step
    after = min(place for place in boxes if place > index)
    first, last = boxes[before], boxes[after]
    if first is None or last is None or _overlap(first, last) < SAME_FACE_OVERLAP:
        return None
    share = (index - before) / (after - before)
    return _Box(*(a + share * (b - a) for a, b in zip(first, last, strict=True)))


def _overlap(one: _Box, other: _Box) -> float:
    """Return the shared part of the two boxes' joint area."""
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    width = min(one.right, other.right) - max(one.left, other.left)
    shared = max(height, 0) * max(width, 0)
    areas = sum((box.bottom - box.top) * (box.right - box.left) for box in (one, other))
    return shared / (areas - shared)


def _eyes(points: Points) -> tuple[Points, Points]:
    return points[[36, 39]].mean(axis=0), points[[42, 45]].mean(axis=0)


def _upright(points: Points) -> tuple[Points, float]:
    """Return the points around the middle of the eyes, unrolled and unscaled; and the roll."""
    left, right = _eyes(points)
    across = right - left
    distance = max(float(np.hypot(*across)), 1e-6)
    cosine, sine = across / distance
    turned = (points - (left + right) / 2) @ np.array([[cosine, -sine], [sine, cosine]])
    return turned / distance, float(abs(np.degrees(np.arctan2(sine, cosine))))


def _head_speed(found: list[tuple[float, Points]]) -> NDArray[np.float64]:
    """Return how fast the middle of the eyes moved, in distances between the eyes a second."""
    times = np.array([time for time, _ in found])
    eyes = np.array([_eyes(points) for _, points in found])
    middle = eyes.mean(axis=1)
    between = np.hypot(*(eyes[:, 1] - eyes[:, 0]).mean(axis=0))
    steps = np.hypot(*np.diff(middle, axis=0).T)
    seconds = np.maximum(np.diff(times), 1e-3)
    return np.asarray(steps / seconds / max(float(between), 1e-6), dtype=np.float64)
