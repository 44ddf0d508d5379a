"""The positions of the brows, which are found in the picture itself.

The landmark predictor places brows near their usual position, so it misses brows that are raised
high above the eyes. Here a brow is the darkest ridge between the lid and the forehead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libra_emo.media.faces.landmarks import Picture, Points

Values = NDArray[np.float64]

GRID = 48
"""Pixels of the aligned picture for one distance between the eyes."""
HALF_WIDTH, HEIGHT = 1.0, 0.95
INNER, OUTER = (0.26, 0.46), (0.54, 0.78)
LID_MARGIN = 0.08
RIDGE_REACH = 0.11
MIN_CONTRAST = 5.0
HALF_DARK = 0.5


@dataclass(frozen=True)
class Brows:
    """Heights of the brows above the eyes and the gap between them, in distances of the eyes."""

    left_inner: float
    left_outer: float
    right_inner: float
    right_outer: float
    gap: float


def find_brows(frame: Picture, points: Points) -> Brows | None:
    """Return the positions of a face's brows; None if one of them does not stand out.

    Args:
        frame: RGB picture.
        points: The 68 landmarks of the face, of which only those of the eyes are used.
    """
    level = _align(frame, points)
    lids = _lid_heights(points)
    heights = [
        _ridge(level, side, part, lid)
        for side, lid in zip((-1, 1), lids, strict=True)
        for part in (INNER, OUTER)
    ]
    if any(height is None for height in heights):
        return None
    left_inner, left_outer, right_inner, right_outer = (height or 0.0 for height in heights)
    gap = _reach(level, -1, left_inner) + _reach(level, 1, right_inner)
    return Brows(left_inner, left_outer, right_inner, right_outer, gap)


def _align(frame: Picture, points: Points) -> Values:
    """Return the grey levels above the eyes, aligned so that row 0 is the line of the eyes."""
    import cv2

    left, right = points[[36, 39]].mean(axis=0), points[[42, 45]].mean(axis=0)
    across = (right - left) / GRID
    up = np.array([across[1], -across[0]])
    size = (round(2 * HALF_WIDTH * GRID), round(HEIGHT * GRID))
    origin = (left + right) / 2 - across * (size[0] - 1) / 2
    to_picture = np.stack([across, up, origin], axis=1)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = cv2.warpAffine(frame, to_picture, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(level, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), dtype=np.float64)


def _lid_heights(points: Points) -> tuple[float, float]:
    """Return the heights of the upper lids above the line of the eyes."""
    left, right = points[[36, 39]].mean(axis=0), points[[42, 45]].mean(axis=0)
    across = right - left
    distance = max(float(np.hypot(*across)), 1e-6)
    up = np.array([across[1], -across[0]]) / distance
    heights = (points - (left + right) / 2) @ up / distance
    return float(heights[[37, 38]].max()), float(heights[[43, 44]].max())


def _columns(side: int, part: tuple[float, float]) -> slice:
    edges = sorted(side * edge for edge in part)
    first, last = (round((HALF_WIDTH + edge) * GRID) for edge in edges)
    return slice(first, last + 1)


def _ridge(level: Values, side: int, part: tuple[float, float], lid: float) -> float | None:
    """Return the height of the darkest ridge above a lid; None if no ridge is dark enough."""
    profile = level[:, _columns(side, part)].mean(axis=1)
    reach = round(RIDGE_REACH * GRID)
    first = max(round((lid + LID_MARGIN) * GRID), reach)
    rows = np.arange(first, len(profile) - reach)
    if rows.size == 0:
        return None
    contrast = np.minimum(profile[rows - reach], profile[rows + reach]) - profile[rows]
    best = int(contrast.argmax())
    if contrast[best] < MIN_CONTRAST:
        return None
    near = slice(max(best - reach // 2, 0), best + reach // 2 + 1)
    weights = np.clip(contrast[near], 0, None)
    return float((weights * rows[near]).sum() / weights.sum() / GRID)


def _reach(level: Values, side: int, height: float) -> float:
    """Return the distance from the middle of the face to the inner end of a brow."""
    row = round(height * GRID)
    band = level[max(row - 2, 0) : row + 3].mean(axis=0)
    middle = round(HALF_WIDTH * GRID)
    outwards = band[middle::side][: round(INNER[1] * GRID) + 1]
    brow = float(outwards[round(INNER[0] * GRID) :].min())
    dark = outwards <= outwards.max() - HALF_DARK * (outwards.max() - brow)
    begins = int(dark[int(outwards.argmax()) :].argmax()) + int(outwards.argmax())
    return begins / GRID
