"""Pictures at the size for which PySceneDetect's thresholds are made.

PySceneDetect reads a picture in BGR and shrinks it with linear interpolation. If a side of the
picture is an odd multiple of the small one, that takes single pixels out of the picture, since the
middle of each small pixel lies in the middle of a large one: every fifth one at 1280 × 720. Only
these are converted then, which gives the same picture to the last bit in a third of the time.
"""

from __future__ import annotations

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from libra_emo.media.video.colour import copy_tags, planes_of, read_colours, to_bgr, to_bgra

PLANAR = frozenset({"yuv420p", "yuvj420p"})  # formats whose pixels FFmpeg converts one by one
BLOCK = 32  # FFmpeg converts so many columns at once, and fewer at the edge in another way
Picture = NDArray[np.uint8]


class Shrinker:
    """Shrinks the pictures of one film as PySceneDetect's own reader does.

    Attributes:
        size: Width and height of the small pictures, which stay even if those of the film change.

    Args:
        first: First picture of the film.
    """

    def __init__(self, first: av.VideoFrame) -> None:
        self.size = size_for_detector(first.width, first.height)
        self._form: tuple[int, int, str] | None = None
        self._grid: PixelGrid | None = None

    def shrink(self, picture: av.VideoFrame) -> Picture:
        """Return a picture of the film, small and in BGR, with or without alpha."""
        form = picture.width, picture.height, picture.format.name
        if form != self._form:
            self._form, self._grid = form, find_grid(picture, self.size)
        if self._grid is None or read_colours(picture).must_be_mapped:
            return self._resize(to_bgr(picture))
        return self._resize(self._grid.pick(picture))

    def _resize(self, picture: Picture) -> Picture:
        if self.size == (picture.shape[1], picture.shape[0]):
            return picture
        small = cv2.resize(picture, self.size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(small, np.uint8)


class PixelGrid:
    """The pixels of a picture that its small version shows.

    They are copied into a picture of the same format, each as the first of four pixels that share
    one colour, so that FFmpeg converts them as it does in the whole picture.

    Args:
        form: Pixel format of the pictures.
        columns: Numbers of the picked columns.
        rows: Numbers of the picked rows.
    """

    def __init__(self, form: str, columns: NDArray[np.intp], rows: NDArray[np.intp]) -> None:
        self._light = _to_slice(rows), _to_slice(columns)
        # where a pixel's colour lies: every other one at the same distance
        self._colours = [
            ((slice(row, None, 2), slice(column, None, 2)), (_to_slice(down), _to_slice(right)))
            for row, down in ((0, rows[::2] // 2), (1, rows[1::2] // 2))
            for column, right in ((0, columns[::2] // 2), (1, columns[1::2] // 2))
        ]
        self._cells = av.VideoFrame(2 * len(columns), 2 * len(rows), form)
        self._light_cells, *self._colour_cells = planes_of(self._cells)
        for plane in planes_of(self._cells):
            plane[:] = 0

    def pick(self, picture: av.VideoFrame) -> Picture:
        """Return the picked pixels of a picture, in BGR with alpha."""
        light, *colours = planes_of(picture)
        self._light_cells[::2, ::2] = light[self._light]
        for cells, plane in zip(self._colour_cells, colours, strict=True):
            for place, picked in self._colours:
                cells[place] = plane[picked]
        copy_tags(picture, self._cells)
        first_of_four = to_bgra(self._cells, read_colours(picture))[::2, ::2].copy()
        return first_of_four.view(np.uint8).reshape(*first_of_four.shape, 4)


def size_for_detector(width: int, height: int) -> tuple[int, int]:
    """Return the size to which PySceneDetect's own reader shrinks a picture."""
    from scenedetect.scene_manager import compute_downscale_factor

    factor = max(1, compute_downscale_factor(max(width, height)))
    return max(1, round(width / factor)), max(1, round(height / factor))


def find_grid(picture: av.VideoFrame, size: tuple[int, int]) -> PixelGrid | None:
    """Return the pixels that a small version of a picture shows; None if it shows mixtures alone.

    Rows or columns are all taken if just these are mixed.
    """
    width, height = picture.width, picture.height
    if picture.format.name not in PLANAR or width % BLOCK or 2 * size[0] % BLOCK or height % 2:
        return None
    if any(plane.line_size < plane.width for plane in picture.planes):  # stored upside down
        return None
    columns = _middles(width, size[0])
    rows = _middles(height, size[1])
    if columns is None or len(columns) == width:
        return None
    return PixelGrid(picture.format.name, columns, np.arange(height) if rows is None else rows)


def _middles(side: int, small: int) -> NDArray[np.intp] | None:
    """Return the pixels in the middles of the parts of a side; None if none is in the middle."""
    part, rest = divmod(side, small)
    return None if rest or part % 2 == 0 else np.arange(small) * part + part // 2


def _to_slice(numbers: NDArray[np.intp]) -> slice:
    step = int(numbers[1] - numbers[0]) if len(numbers) > 1 else 1
    return slice(int(numbers[0]), int(numbers[-1]) + 1, step) if len(numbers) else slice(0, 0)
