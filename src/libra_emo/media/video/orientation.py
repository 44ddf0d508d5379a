"""Pictures in their correct orientation, with square pixels."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Any

import av
from av.sidedata.sidedata import SideDataContainer

from libra_emo.media.video.colour import copy_tags, scale

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
BITS = 8  # of a usual picture
NORMAL: Orientation = (False, False, False)


class OrientationCorrector:
    """Rotates and scales the pictures of one stream to their correct orientation and shape.

    The display matrix of the film gives the rotation, its sample aspect ratio the width of a pixel.
    The height of the stored picture is kept, and its width is scaled.

    All of them may change inside a film.

    Args:
        stream: Video stream of the film.
    """

    def __init__(self, stream: Any) -> None:
        self._context = stream.codec_context
        self._known = self._context.sample_aspect_ratio
        self._aspect = _choose_usable(stream.sample_aspect_ratio)
        self._graph: Any = None
        self._form: tuple[Any, ...] = ()

    def apply(self, picture: Any) -> Any:
        """Return a picture in its correct orientation and shape, with the same time.

        A picture that is correct already is returned as it is.
        """
        orientation = read_orientation(picture)
        size = _scaled_size(picture, self._read_aspect(picture))
        made = picture
        if size != (picture.width, picture.height):
            made = scale(made, size)
        if orientation != NORMAL:
            made = self._turn(made, orientation)
        made.pts, made.time_base = picture.pts, picture.time_base
        return made

    def _turn(self, picture: Any, orientation: Orientation) -> Any:
        picture = _make_square_chroma(picture)
        form = (picture.width, picture.height, picture.format.name, orientation)
        if form != self._form:
            self._graph, self._form = _make_graph(picture, orientation), form
        self._graph.vpush(picture)
        made = self._graph.vpull()
        copy_tags(picture, made)
        return made

    def _read_aspect(self, picture: Any) -> Fraction:
        """Return the width of a pixel divided by its height: the container's until it changes."""
        if not picture.key_frame:  # it changes nowhere else
            return self._aspect
        here = self._context.sample_aspect_ratio
        if here != self._known:
            self._known, self._aspect = here, _choose_usable(here)
        return self._aspect


def _choose_usable(aspect: Fraction | None) -> Fraction:
    usable = aspect and MIN_ASPECT <= aspect <= MAX_ASPECT
    return Fraction(aspect) if aspect and usable else Fraction(1)


def _scaled_size(picture: Any, aspect: Fraction) -> tuple[int, int]:
    if aspect == 1:
        return picture.width, picture.height
    width = max(2, 2 * round(picture.width * aspect / 2))
    # a difference of less than two pixels comes from rounding
    near = abs(width - picture.width) < 2 or abs(aspect - 1) * picture.width < 2
    return (picture.width if near else width), picture.height


def read_orientation(picture: Any) -> Orientation:
    """Return the orientation: transposed, mirrored horizontally, mirrored vertically.

    Angles are rounded to the nearest multiple of 90 degrees.
    """
    # `picture.side_data` would keep the container, which keeps the picture: hundreds of pictures
    # would stay in memory until Python looks for cycles
    for data in SideDataContainer(picture):  # type: ignore[call-arg]
        if data.type == av.sidedata.sidedata.Type.DISPLAYMATRIX:
            a, b, _, c, d = struct.unpack("=5i", bytes(data)[:20])
            if abs(a) + abs(d) >= abs(b) + abs(c):
                return False, a < 0, d < 0
            return True, c < 0, b < 0
    return NORMAL


def _make_square_chroma(picture: Any) -> Any:
    """Return a picture whose chroma is reduced alike in both directions, so that it can turn."""
    pixels = picture.format
    if pixels.is_rgb or pixels.chroma_width(64) == pixels.chroma_height(64):
        return picture
    deep = any(component.bits > BITS for component in pixels.components)
    size = picture.width, picture.height
    return scale(picture, size, "yuv444p16le" if deep else "yuv444p")


def _make_graph(picture: Any, orientation: Orientation) -> Any:
    graph = av.filter.Graph()
    here = graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=Fraction(1, 1000),
    )
    for name, arguments in (*_FILTERS[orientation], ("format", picture.format.name)):
        filtered = graph.add(name, arguments)
        here.link_to(filtered)
        here = filtered
    here.link_to(graph.add("buffersink"))
    graph.configure()
    return graph
