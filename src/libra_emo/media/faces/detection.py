"""Face detection with the detector of face_recognition, in less time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

SMALL_SIDES = (320, 640)  # longest sides of pictures in which large faces are found quickly

# all threads share the detector of face_recognition, which aborts if two of them use it at once
_DETECTOR = Lock()


class Box(NamedTuple):
    """The box of a face in pixels, with its edges in face_recognition's order."""

    top: int
    right: int
    bottom: int
    left: int

    @property
    def height(self) -> int:
        """Height of the box in pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Width of the box in pixels."""
        return self.right - self.left

    @property
    def area(self) -> int:
        """Area of the box in square pixels."""
        return self.height * self.width


class FaceFinder:
    """Finds faces in the frames of one scene, which are given in order.

    It searches first around the last face, in a picture that is scaled so that this face has a
    suitable size for the detector. Then it searches the whole frame: at reduced sizes, where large
    faces are found quickly, at its own size, and finally enlarged once, which is the default of
    `face_recognition.face_locations`. So if `find` finds no face in a frame, `face_locations` finds
    none either. The reverse is not always true: sometimes a face is only found in one of the first
    pictures (in 1 of 128 frames when this was measured).

    Args:
        face_pixels: Height to which the last face is scaled.
        margin: Margin around the last face, relative to its size.
        small_sides: Longest sides of the reduced pictures, ascending; sides above half of the
            frame's own are skipped.
    """

    def __init__(
        self, face_pixels: int = 100, margin: float = 0.5, small_sides: Sequence[int] = ()
    ) -> None:
        self.face_pixels = face_pixels
        self.margin = margin
        self.small_sides = tuple(small_sides)
        self._last: Box | None = None

    def reset(self) -> None:
        """Forget the last face, because a new scene begins."""
        self._last = None

    def find(self, frame_rgb: NDArray[np.uint8]) -> list[Box]:
        """Return the faces of a frame, the largest first.

        Args:
            frame_rgb: The frame, uint8 of shape (height, width, 3).

        Returns:
            Boxes of the first search that found any face. The search around the last face finds
            only faces there, and the search in a reduced picture only large ones. Empty if no
            search found a face.
        """
        frame_rgb = np.ascontiguousarray(frame_rgb)
        boxes = self._find_near_last(frame_rgb)
        for side in self.small_sides:
            if not boxes and 2 * side <= max(frame_rgb.shape):
                boxes = find_in_small(frame_rgb, side)
        for enlargements in (0, 1):
            boxes = boxes or _locate(frame_rgb, enlargements)
        boxes = _largest_first(boxes)
        self._last = boxes[0] if boxes else None
        return boxes

    def _find_near_last(self, frame: NDArray[np.uint8]) -> list[Box]:
        if self._last is None:
            return []
        height, width = frame.shape[:2]
        down, across = (round(self.margin * size) for size in (self._last.height, self._last.width))
        top, left = max(self._last.top - down, 0), max(self._last.left - across, 0)
        bottom, right = min(self._last.bottom + down, height), min(self._last.right + across, width)
        scale = self.face_pixels / self._last.height
        picture = _scale(frame[top:bottom, left:right], scale)
        return _back_to_frame(_locate(picture, 0), scale, top, left, (height, width))


def find_in_small(frame_rgb: NDArray[np.uint8], longest_side: int) -> list[Box]:
    """Return the faces of a frame that are found in a reduced picture, the largest first.

    The detector finds faces with at least about 80 pixels of height in the reduced picture.
    """
    height, width = frame_rgb.shape[:2]
    scale = min(1.0, longest_side / max(height, width))
    found = _locate(_scale(frame_rgb, scale), 0)
    return _largest_first(_back_to_frame(found, scale, 0, 0, (height, width)))


def load_face_recognition() -> Any:
    """Return the package face_recognition, imported without a deprecation warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import face_recognition
    return face_recognition


def _locate(picture: Any, enlargements: int) -> list[Box]:
    tool = load_face_recognition()
    with _DETECTOR:
        found = tool.face_locations(picture, number_of_times_to_upsample=enlargements)
    boxes = [Box(*(int(edge) for edge in box)) for box in found]
    return [box for box in boxes if box.height > 0 and box.width > 0]


def _scale(picture: NDArray[np.uint8], scale: float) -> Any:
    if scale == 1:
        return np.ascontiguousarray(picture)
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(picture, size, interpolation=way)


def _back_to_frame(
    boxes: list[Box], scale: float, top: int, left: int, size: tuple[int, int]
) -> list[Box]:
    """Return boxes of a scaled part of a frame in pixels of the frame, clipped at its edges."""
    height, width = size
    found = [
        Box(
            max(top + round(box.top / scale), 0),
            min(left + round(box.right / scale), width),
            min(top + round(box.bottom / scale), height),
            max(left + round(box.left / scale), 0),
        )
        for box in boxes
    ]
    return [box for box in found if box.height > 0 and box.width > 0]


def _largest_first(boxes: list[Box]) -> list[Box]:
    return sorted(boxes, key=lambda box: (-box.area, box))
