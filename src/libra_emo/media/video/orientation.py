"""Pictures in their correct orientation, with square pixels."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Any

import av

MIN_ASPECT, MAX_ASPECT = Fraction(1, 8), Fraction(8)  # other ratios are mistakes in the header
# (transposed, mirrored horizontally, mirrored vertically) → filters of FFmpeg
_FILTERS = {
    (False, False, False): (),
    (False, True, False): (("hflip", ""),),
    (False, False, True): (("vflip", ""),),
    (False, True, True): (("hflip", ""), ("vflip", "")),
    (True, False, False): (("transpose", "cclock_flip"),),
    (True, True, False): (("transpose", "clock"),),
    (True, False, True): (("transpose", "cclock"),),
    (True, True, True): (("transpose", "clock_flip"),),
}
Orientation = tuple[bool, bool, bool]
NORMAL: Orientation = (False, False, False)


class OrientationCorrector:
    """Rotates and scales the pictures of one stream to their correct orientation and shape.

    The display matrix of the film gives the rotation, its sample aspect ratio the width of a pixel.
    The height of the stored picture is kept, and its width is scaled.

    Args:
        pixel_aspect: Width of a pixel divided by its height.
    """

    def __init__(self, pixel_aspect: Fraction | None) -> None:
        usable = pixel_aspect and MIN_ASPECT <= pixel_aspect <= MAX_ASPECT
        self._aspect = Fraction(pixel_aspect) if pixel_aspect and usable else Fraction(1)
        self._orientation: Orientation | None = None
        self._graph: Any = None
        self._form: tuple[Any, ...] = ()

    def apply(self, picture: Any) -> Any:
        """Return a picture in its correct orientation and shape, with the same time.

        A picture that is correct already is returned as it is.
        """
        if self._orientation is None:
            self._orientation = read_orientation(picture)
        size = self._scaled_size(picture)
        if self._orientation == NORMAL and size == (picture.width, picture.height):
            return picture
        form = (picture.width, picture.height, picture.format.name)
        if form != self._form:
            self._graph, self._form = _make_graph(form, size, self._orientation), form
        pts, base = picture.pts, picture.time_base
        self._graph.vpush(picture)
        made = self._graph.vpull()
        made.pts, made.time_base = pts, base
        return made

    def _scaled_size(self, picture: Any) -> tuple[int, int]:
        if self._aspect == 1:
            return picture.width, picture.height
        width = max(2, 2 * round(picture.width * self._aspect / 2))
        # a difference of less than two pixels comes from rounding
        near = abs(width - picture.width) < 2 or abs(self._aspect - 1) * picture.width < 2
        return (picture.width if near else width), picture.height


def read_orientation(picture: Any) -> Orientation:
    """Return the orientation: transposed, mirrored horizontally, mirrored vertically.

    Angles are rounded to the nearest multiple of 90 degrees.
    """
    for data in picture.side_data:
        if data.type == av.sidedata.sidedata.Type.DISPLAYMATRIX:
            a, b, _, c, d = struct.unpack("=5i", bytes(data)[:20])
            if abs(a) + abs(d) >= abs(b) + abs(c):
                return False, a < 0, d < 0
            return True, c < 0, b < 0
    return NORMAL


def _make_graph(form: tuple[int, int, str], size: tuple[int, int], orientation: Orientation) -> Any:
    width, height, pixels = form
    graph = av.filter.Graph()
    here = graph.add_buffer(
        width=width, height=height, format=av.VideoFormat(pixels), time_base=Fraction(1, 1000)
    )
    steps = [*_FILTERS[orientation]]
    if size != (width, height):
        steps.insert(0, ("scale", f"{size[0]}:{size[1]}:flags=bicubic"))
    for name, arguments in steps:
        filtered = graph.add(name, arguments)
        here.link_to(filtered)
        here = filtered
    here.link_to(graph.add("buffersink"))
    graph.configure()
    return graph
