"""The colours of a film: what its numbers mean, and their conversion to what a screen shows.

A film says which matrix, range, primaries and transfer its numbers have. Where it does not, the
usual rule by size holds: BT.709 for pictures larger than standard definition, BT.601 for others.
Clips and shards are converted by the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import local
from typing import Any, cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from libra_emo.common.images import fit_size, shrink_to_fit
from libra_emo.media.video.tone_mapping import BT709, BT2020, HLG, MAPPED, PQ, map_to_screen

UNSPECIFIED = 2
RGB = 0
HD_WIDTH, SD_HEIGHT = 1280, 576  # from this width, or beyond this height, BT.709 is usual
_CONVERSIONS = {  # code of a matrix in a film → the one of the converter
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
_BT601 = 6  # code of SMPTE 170M, which is BT.601 with 525 lines
_BT601_CODES = (5, _BT601)
_ACCURATE = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_EXACT = Interpolation.BILINEAR | _ACCURATE
_EXACT_MEAN = Interpolation.AREA | _ACCURATE  # each pixel is the mean of those in its place
_kept = local()  # a converter must not be shared by threads


@dataclass(frozen=True)
class Colours:
    """The meaning of a picture's numbers, as codes of ITU-T H.273.

    Attributes:
        matrix: Code of the matrix; 0 for RGB.
        primaries: Code of the primaries.
        transfer: Code of the transfer function.
        is_full: Whether black is 0 and white the greatest number.
    """

    matrix: int
    primaries: int
    transfer: int
    is_full: bool

    @property
    def must_be_mapped(self) -> bool:
        """Whether the picture is HDR, or has colours that a usual screen does not show."""
        return self.transfer in (PQ, HLG) or self.primaries in MAPPED

    @property
    def on_screen(self) -> Colours:
        """Colours of a clip file of the picture: never HDR, never full range."""
        if self.must_be_mapped:
            return Colours(BT709, BT709, BT709, False)
        return Colours(self.matrix, self.primaries, self.transfer, False)

    def describe(self) -> str | None:
        """Return a warning if the clips show other colours than the film, or None."""
        if not self.must_be_mapped:
            return None
        name = {PQ: "HDR (PQ)", HLG: "HDR (HLG)"}.get(self.transfer, "of a wide gamut")
        return f"its picture is {name}; clips and shards show it mapped to BT.709"


def read_colours(picture: Any) -> Colours:
    """Return the meaning of a picture's numbers: what the film says, or the usual rule by size."""
    matrix, primaries, transfer = (
        int(code) for code in (picture.colorspace, picture.color_primaries, picture.color_trc)
    )
    is_wide = transfer in (PQ, HLG) or primaries == BT2020
    if picture.format.is_rgb:
        matrix = RGB
    elif matrix not in _CONVERSIONS:
        matrix = BT2020 if is_wide else _usual_matrix(picture.width, picture.height)
    is_full = picture.color_range == ColorRange.JPEG or picture.format.name.startswith("yuvj")
    return Colours(
        matrix,
        (BT2020 if is_wide else BT709) if primaries in (0, UNSPECIFIED) else primaries,
        BT709 if transfer in (0, UNSPECIFIED) else transfer,
        is_full or matrix == RGB,
    )


def to_rgb(picture: Any, exact: bool = False) -> NDArray[np.uint8]:
    """Return a picture as a uint8 array of shape (height, width, 3), in RGB as on a screen.

    Args:
        picture: The picture.
        exact: Whether colours other than BT.601 of limited range are converted without the errors
            of the quick way, which makes them darker by one level on average (three at most).
    """
    colours = read_colours(picture)
    if colours.must_be_mapped:
        picture = map_to_screen(picture, colours)
        colours = read_colours(picture)
    is_quick = not exact or _is_usual_sd(colours)
    made = _reformat(picture, colours, format="rgb24", interpolation=None if is_quick else _EXACT)
    return cast("NDArray[np.uint8]", made.to_ndarray())


def to_small_rgb(picture: Any, longest_side: int) -> NDArray[np.uint8]:
    """Return a picture in RGB with exact colours, scaled down to a longest side, never up.

    The picture is shrunk while it is converted, which takes a quarter of the time of both steps.
    BT.601 of limited range is shrunk after the quick conversion, so that its bytes stay. HDR and
    RGB are shrunk after theirs, since FFmpeg would not take the mean of the shown colours.
    """
    colours = read_colours(picture)
    width, height = fit_size((picture.width, picture.height), longest_side)
    is_shrunk_after = colours.must_be_mapped or colours.matrix == RGB or _is_usual_sd(colours)
    if is_shrunk_after or (width, height) == (picture.width, picture.height):
        return shrink_to_fit(to_rgb(picture, exact=True), longest_side)
    made = _reformat(
        picture, colours, width=width, height=height, format="rgb24", interpolation=_EXACT_MEAN
    )
    return cast("NDArray[np.uint8]", made.to_ndarray())


def to_bgr(picture: Any) -> NDArray[np.uint8]:
    """Return a picture as a uint8 array of shape (height, width, 3), in BGR as on a screen."""
    colours = read_colours(picture)
    if colours.must_be_mapped:
        return np.ascontiguousarray(to_rgb(picture)[..., ::-1])
    (plane,) = _reformat(picture, colours, format="bgr24").planes
    shape = plane.height, plane.width, 3
    return np.ndarray(shape, np.uint8, plane, strides=(plane.line_size, 3, 1))  # not a copy


def to_bgra(picture: Any, colours: Colours) -> NDArray[np.uint32]:
    """Return a picture as an array of shape (height, width): blue, green, red, alpha in a number.

    Args:
        picture: The picture.
        colours: Meaning of its numbers, for a screen of usual range and gamut.
    """
    (plane,) = _reformat(picture, colours, format="bgra").planes
    shape = plane.height, plane.width
    return np.ndarray(shape, np.uint32, plane, strides=(plane.line_size, 4))  # not a copy


def planes_of(picture: Any) -> list[NDArray[np.uint8]]:
    """Return the planes of a picture with 8 bits a plane and pixel, without copying them."""
    return [
        np.ndarray((plane.height, plane.width), np.uint8, plane, strides=(plane.line_size, 1))
        for plane in picture.planes
    ]


def scale(picture: Any, size: tuple[int, int], pixels: str | None = None) -> Any:
    """Return a picture at another size, in the same colours.

    Args:
        picture: The picture.
        size: Width and height of the result.
        pixels: Pixel format of the result; None for that of the picture.
    """
    colours = read_colours(picture)
    made = _reformat(
        picture,
        colours,
        width=size[0],
        height=size[1],
        format=pixels,
        dst_colorspace=_CONVERSIONS.get(colours.matrix),
        dst_color_range=ColorRange.JPEG if colours.is_full else ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
    )
    copy_tags(picture, made)
    return made


def to_yuv420p(picture: Any, size: tuple[int, int], colours: Colours) -> Any:
    """Return a picture as yuv420p of a given size, in given colours of limited range."""
    own = read_colours(picture)
    if own.must_be_mapped:
        picture = map_to_screen(picture, own, size)
        own = read_colours(picture)
    made = _reformat(
        picture,
        own,
        width=size[0],
        height=size[1],
        format="yuv420p",
        dst_colorspace=_CONVERSIONS[colours.matrix],
        dst_color_range=ColorRange.MPEG,
    )
    tag(made, colours)
    return made


def choose_clip_colours(picture: Any) -> Colours:
    """Return the colours of a clip whose first picture is given."""
    colours = read_colours(picture).on_screen
    if colours.matrix != RGB:
        return colours
    usual = _usual_matrix(picture.width, picture.height)
    return Colours(usual, colours.primaries, colours.transfer, False)


def tag(target: Any, colours: Colours) -> None:
    """Write the colours on a picture, or on the context of an encoder."""
    target.colorspace = colours.matrix
    target.color_primaries = colours.primaries
    target.color_trc = colours.transfer
    target.color_range = ColorRange.JPEG if colours.is_full else ColorRange.MPEG


def copy_tags(source: Any, target: Any) -> None:
    """Write the tags of one picture on another one."""
    target.colorspace, target.color_range = source.colorspace, source.color_range
    target.color_primaries, target.color_trc = source.color_primaries, source.color_trc


def _is_usual_sd(colours: Colours) -> bool:
    return colours.matrix in _BT601_CODES and not colours.is_full


def _usual_matrix(width: int, height: int) -> int:
    longer, shorter = max(width, height), min(width, height)
    return BT709 if longer >= HD_WIDTH or shorter > SD_HEIGHT else _BT601


def _reformat(picture: Any, colours: Colours, **wanted: Any) -> av.VideoFrame:
    if not hasattr(_kept, "converter"):
        _kept.converter = VideoReformatter()
    is_rgb = colours.matrix == RGB
    return _kept.converter.reformat(
        picture,
        **wanted,
        src_colorspace=None if is_rgb else _CONVERSIONS[colours.matrix],
        src_color_range=ColorRange.JPEG if colours.is_full else ColorRange.MPEG,
        threads=1,
    )
