"""Sizes of pictures, and positions that are spread evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def fit_size(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """Return width and height scaled down, never up, so that the longer is at most a limit."""
    scale = min(1.0, longest_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrink_to_fit(picture: NDArray[np.uint8], longest_side: int) -> NDArray[np.uint8]:
    """Return a picture scaled down, never up, so that its longer side is at most a limit.

    Args:
        picture: The picture, uint8 of shape (height, width, channels); a picture that fits is
            returned as it is, not as a copy.
        longest_side: The limit in pixels.
    """
    import cv2

    height, width = picture.shape[:2]
    size = fit_size((width, height), longest_side)
    if size == (width, height):
        return picture
    smaller: NDArray[np.uint8] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return smaller


def spread_evenly(present: int, wanted: int) -> list[int]:
    """Return the positions of some items of a sequence, evenly spread, ascending.

    The sequence is divided into as many equal parts as items are wanted, and the item in the
    middle of each part is taken. All items are taken where no more are present than are wanted.

    Args:
        present: Number of items in the sequence.
        wanted: Number of items to take.
    """
    if wanted >= present:
        return list(range(present))
    return [(2 * part + 1) * present // (2 * wanted) for part in range(wanted)]


def spread_times(start: float, length: float, wanted: int) -> list[float]:
    """Return the middles of the equal parts into which a span of time is divided, ascending.

    Args:
        start: Start of the span.
        length: Length of the span, in the same unit.
        wanted: Number of parts.
    """
    step = length / wanted
    return [start + (part + 0.5) * step for part in range(wanted)]
