"""The 68 landmarks of the face that is tracked through a clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from libra_emo.media.faces.detection import load_face_recognition

Points = NDArray[np.float64]
Picture = NDArray[np.uint8]

LANDMARK_COUNT = 68
MIN_SAME_FACE_OVERLAP = 0.2


class FaceBox(Protocol):
    """The box of a face in a picture, in pixels from the top left corner."""

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
    """A detector of the faces in one picture."""

    def find(self, frame_rgb: Picture) -> Sequence[FaceBox]:
        """Return the boxes of the faces in an RGB picture."""


class _Box(NamedTuple):
    top: float
    right: float
    bottom: float
    left: float


def clip_landmarks(
    frames: Sequence[Picture], finder: FindsFaces, detect_every_frames: int = 5
) -> list[Points]:
    """Return the landmarks of the tracked face in every frame: (68, 2), or (0, 2) without a face.

    The largest face of the first frame with a face is tracked: in a later frame the face with the
    largest overlap, or the largest face if none overlaps. The landmarks are the points of dlib's
    predictor in face_recognition, numbered from 0: x and y in pixels, y downwards.

    Args:
        frames: RGB pictures of the clip in order.
        finder: Face finder.
        detect_every_frames: Interval, in frames, at which a face is detected. In the frames
            between, its box is interpolated, since the landmarks tolerate a slightly wrong box.
    """
    count = len(frames)
    boxes: dict[int, _Box | None] = {}
    for index in sorted({*range(0, count, detect_every_frames), count - 1} if count else set()):
        boxes[index] = _choose_box(finder.find(frames[index]), _last_box(boxes, index))
    for index in range(count):
        if index not in boxes:
            boxes[index] = _interpolate(boxes, index, detect_every_frames) or _choose_box(
                finder.find(frames[index]), _last_box(boxes, index)
            )
    return [_predict(frame, boxes[index]) for index, frame in enumerate(frames)]


def _predict(frame: Picture, box: _Box | None) -> Points:
    if box is None:
        return np.empty((0, 2))
    import cv2
    import dlib

    predictor = load_face_recognition().api.pose_predictor_68_point

    height, width = frame.shape[:2]
    down, across = (box.bottom - box.top) / 2, (box.right - box.left) / 2
    top, left = max(int(box.top - down), 0), max(int(box.left - across), 0)
    bottom, right = min(int(box.bottom + down), height), min(int(box.right + across), width)
    grey = cv2.cvtColor(np.ascontiguousarray(frame[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    sides = (box.left - left, box.top - top, box.right - left, box.bottom - top)
    parts = predictor(grey, dlib.rectangle(*(round(side) for side in sides))).parts()
    return np.array([(left + part.x, top + part.y) for part in parts], dtype=np.float64)


def _choose_box(found: Sequence[FaceBox], last: _Box | None) -> _Box | None:
    boxes = [_Box(box.top, box.right, box.bottom, box.left) for box in found]
    if not boxes:
        return None
    if last is not None:
        nearest = max(boxes, key=lambda box: _intersection_over_union(box, last))
        if _intersection_over_union(nearest, last) >= MIN_SAME_FACE_OVERLAP:
            return nearest
    return max(boxes, key=lambda box: (box.bottom - box.top) * (box.right - box.left))


def _last_box(boxes: dict[int, _Box | None], index: int) -> _Box | None:
    seen = [place for place, box in boxes.items() if place < index and box is not None]
    return boxes[max(seen)] if seen else None


def _interpolate(boxes: dict[int, _Box | None], index: int, step: int) -> _Box | None:
    """Return the box interpolated between the two nearest detections, if they overlap."""
    before = index - index % step
    after = min(place for place in boxes if place > index)
    first, last = boxes[before], boxes[after]
    if (
        first is None
        or last is None
        or _intersection_over_union(first, last) < MIN_SAME_FACE_OVERLAP
    ):
        return None
    share = (index - before) / (after - before)
    return _Box(*(a + share * (b - a) for a, b in zip(first, last, strict=True)))


def _intersection_over_union(one: _Box, other: _Box) -> float:
    """Return the intersection over union of two boxes."""
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    width = min(one.right, other.right) - max(one.left, other.left)
    shared = max(height, 0) * max(width, 0)
    areas = sum((box.bottom - box.top) * (box.right - box.left) for box in (one, other))
    return shared / (areas - shared)
