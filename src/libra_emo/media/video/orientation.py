"""Pictures as they are meant to be seen: upright, with square pixels."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Any

import av

MIN_STRETCH, MAX_STRETCH = Fraction(1, 8), Fraction(8)  # a pixel beyond is a mistake in the header
# (whether rows become columns, mirrored across, mirrored down) → FFmpeg's filters
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
Turn = tuple[bool, bool, bool]
UPRIGHT: Turn = (False, False, False)


class Upright:
    """Turns and stretches the pictures of one stream; those that need it not stay as they are.

    The film's display matrix says how they are turned, its sample aspect ratio how wide a pixel
    is. The height of the stored picture stays, its width is stretched or pressed.

    Args:
        stretch: How many times as wide as high a pixel is.
    """

    def __init__(self, stretch: Fraction | None) -> None:
        usable = stretch and MIN_STRETCH <= stretch <= MAX_STRETCH
        self._stretch = Fraction(stretch) if stretch and usable else Fraction(1)
        self._turn: Turn | None = None
        self._graph: Any = None
        self._form: tuple[Any, ...] = ()

    def apply(self, picture: Any) -> Any:
        """Return a picture as it is meant to be seen, with the same time."""
        if self._turn is None:
            self._turn = read_turn(picture)
        size = self._stretched(picture)
        if self._turn == UPRIGHT and size == (picture.width, picture.height):
            return picture
        form = (picture.width, picture.height, picture.format.name)
        if form != self._form:
            self._graph, self._form = _make_graph(form, size, self._turn), form
        pts, base = picture.pts, picture.time_base
        self._graph.vpush(picture)
        made = self._graph.vpull()
        made.pts, made.time_base = pts, base
        return made

    def _stretched(self, picture: Any) -> tuple[int, int]:
        if self._stretch == 1:
            return picture.width, picture.height
        width = max(2, 2 * round(picture.width * self._stretch / 2))
        # a ratio that is off by less than two pixels comes from rounding
        near = abs(width - picture.width) < 2 or abs(self._stretch - 1) * picture.width < 2
        return (picture.width if near else width), picture.height


def read_turn(picture: Any) -> Turn:
    """Return how a picture is turned: rows to columns, mirrored across, mirrored down.

    Angles between right ones are taken for the nearest.
    """
    for data in picture.side_data:
        if data.type == av.sidedata.sidedata.Type.DISPLAYMATRIX:
            a, b, _, c, d = struct.unpack("=5i", bytes(data)[:20])
            if abs(a) + abs(d) >= abs(b) + abs(c):
                return False, a < 0, d < 0
            return True, c < 0, b < 0
    return UPRIGHT


def _make_graph(form: tuple[int, int, str], size: tuple[int, int], turn: Turn) -> Any:
    width, height, pixels = form
    graph = av.filter.Graph()
    here = graph.add_buffer(
        width=width, height=height, format=av.VideoFormat(pixels), time_base=Fraction(1, 1000)
    )
    steps = [*_FILTERS[turn]]
    if size != (width, height):
        steps.insert(0, ("scale", f"{size[0]}:{size[1]}:flags=bicubic"))
    for name, arguments in steps:
        filtered = graph.add(name, arguments)
        here.link_to(filtered)
        here = filtered
    here.link_to(graph.add("buffersink"))
    graph.configure()
    return graph
