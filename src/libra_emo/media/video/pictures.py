"""Pictures of another shape than the others of their clip, inside black edges."""

from __future__ import annotations

from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from libra_emo.media.video.colour import Colours, tag, to_yuv420p

BLACK, GREY = 16, 128  # of luma and chroma
SAME_SHAPE = 0.02  # a smaller difference of the shape comes from rounding


def to_clip_picture(picture: Any, size: tuple[int, int], colours: Colours) -> Any:
    """Return a picture for a clip file, whose width and height are even.

    A picture of another shape, as where a film changes it inside a scene, keeps its shape.
    """
    inside = _fit_inside((picture.width, picture.height), size)
    if inside == size:
        return to_yuv420p(picture, size, colours)
    even = (max(2, inside[0] // 2 * 2), max(2, inside[1] // 2 * 2))
    small = to_yuv420p(picture, even, colours).to_ndarray()
    made = av.VideoFrame.from_ndarray(_pad_planes(small, even, size), format="yuv420p")
    tag(made, colours)
    return made


def to_one_size(pictures: list[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Return RGB pictures at the size of the first one; others keep their shape."""
    height, width = pictures[0].shape[:2] if pictures else (0, 0)
    return [
        picture if picture.shape[:2] == (height, width) else _place(picture, (width, height))
        for picture in pictures
    ]


def _place(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    inside = _fit_inside((picture.shape[1], picture.shape[0]), size)
    whole = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inside[0]) // 2, (size[1] - inside[1]) // 2
    small = cv2.resize(picture, inside, interpolation=cv2.INTER_AREA)
    whole[top : top + inside[1], left : left + inside[0]] = small
    return whole


def _fit_inside(given: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Return the greatest size of the given shape inside another; that one if nearly alike."""
    if abs(given[0] * size[1] / (given[1] * size[0]) - 1) < SAME_SHAPE:
        return size
    scale = min(size[0] / given[0], size[1] / given[1])
    return max(1, round(given[0] * scale)), max(1, round(given[1] * scale))


def _pad_planes(
    planes: NDArray[np.uint8], inside: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return the planes of a yuv420p picture in the middle of a larger black one."""
    flat, done = planes.reshape(-1), 0
    made = []
    for part, edge in ((1, BLACK), (2, GREY), (2, GREY)):
        width, height = inside[0] // part, inside[1] // part
        whole = np.full((size[1] // part, size[0] // part), edge, np.uint8)
        left, top = (whole.shape[1] - width) // 2, (whole.shape[0] - height) // 2
        plane = flat[done : done + width * height].reshape(height, width)
        whole[top : top + height, left : left + width] = plane
        made.append(whole.reshape(-1))
        done += width * height
    return np.concatenate(made).reshape(size[1] * 3 // 2, size[0])
