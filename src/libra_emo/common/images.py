"""Sizes of pictures, and positions that are spread evenly."""

from __future__ import annotations


def fit_size(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """Return width and height scaled down, never up, so that the longer is at most a limit."""
    scale = min(1.0, longest_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
