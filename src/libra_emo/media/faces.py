"""Where the faces of a frame are, found as face_recognition finds them but sooner."""

from __future__ import annotations

import warnings
from threading import Lock
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

# face_recognition shares one detector among all threads, and it aborts when two of them use it
_DETECTOR = Lock()


class Box(NamedTuple):
    """A face's place in pixels, in face_recognition's order."""

    top: int
    right: int
    bottom: int
    left: int

    @property
    def height(self) -> int:
        """The box's height in pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """The box's width in pixels."""
        return self.right - self.left

    @property
    def area(self) -> int:
        """The box's area in square pixels."""
        return self.height * self.width


class FaceFinder:
    """Finds faces in the frames of one scene, which are given in their order.

    It looks first around the last face, in a picture scaled so that this face has the size that
    the detector likes, then in the whole frame as it is, then in the whole frame enlarged once,
    which is what `face_recognition.face_locations` does by default. A frame without a face for
    `find` is therefore one for `face_locations` too. The other way round they may differ: now and
    then only the picture around the last face shows one (1 of 128 frames when it was measured).

    Args:
        face_pixels: Height to which the last face is scaled.
        margin: How much of the last face's size is added on each side.
    """

    def __init__(self, face_pixels: int = 100, margin: float = 0.5) -> None:
        self.face_pixels = face_pixels
        self.margin = margin
        self._last: Box | None = None

    def reset(self) -> None:
        """Forget the last face, as a new scene demands."""
        self._last = None

    def find(self, frame_rgb: NDArray[np.uint8]) -> list[Box]:
        """Return the faces of a frame, the largest first.

        Args:
            frame_rgb: The frame, uint8 of shape (height, width, 3).

        Returns:
            The boxes of the first search that found any: around the last face only the faces
            there, otherwise all of the frame; empty when there is none.
        """
        frame_rgb = np.ascontiguousarray(frame_rgb)
        boxes = self._find_near_last(frame_rgb)
        for enlargements in (0, 1):
            boxes = boxes or _locate(frame_rgb, enlargements)
        boxes.sort(key=lambda box: (-box.area, box))
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
        size = (round((right - left) * scale), round((bottom - top) * scale))
        shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        picture = cv2.resize(frame[top:bottom, left:right], size, interpolation=shrink)
        found = [
            Box(
                max(top + round(box.top / scale), 0),
                min(left + round(box.right / scale), width),
                min(top + round(box.bottom / scale), height),
                max(left + round(box.left / scale), 0),
            )
            for box in _locate(picture, 0)
        ]
        return [box for box in found if box.area > 0]


def load_face_recognition() -> Any:
    """Return the package; its models warn of a deprecation that is not the user's to mend."""
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
