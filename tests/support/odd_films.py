"""Films that are odd in one way each: other stamps, other parameters, other colours.

Each picture shows its number in blocks of light and dark, so that a test knows which one it sees.
"""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

BITS = 8
FPS = 25


@dataclass(frozen=True)
class Part:
    """A film, or a part of one, that is written at once.

    `times` are the frames' times in seconds; None for 25 a second. Stamps begin at `start_s`.
    """

    seconds: float = 2.0
    first: int = 0  # number of the first picture
    size: tuple = (160, 96)
    codec: str = "mpeg2video"
    pixels: str = "yuv420p"
    gop: int = 12
    b_frames: int = 0
    sound: str | None = "mp2"
    hertz: int = 48_000
    layout: str = "stereo"
    start_s: float = 0.0
    times: tuple | None = None
    aspect: Fraction | None = None
    options: tuple = ()


def draw_number(number, size):
    """Return an RGB picture that shows a number; its shade depends on the number, too."""
    width, height = size
    picture = np.full((height, width, 3), 90 + number % 7, np.uint8)
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        picture[: height // 2, left:right] = 210 if number >> bit & 1 else 40
    return picture


def read_number(picture):
    """Return the number that an RGB picture shows, inside black edges where it has some."""
    lit = np.argwhere(picture.max(axis=2) > 25)
    (top, left), (bottom, right) = lit.min(axis=0), lit.max(axis=0) + 1
    picture = picture[top:bottom, left:right]
    height, width = picture.shape[:2]
    blocks = [
        picture[height // 8 : height // 3, (2 * bit + 1) * width // (2 * BITS)].mean()
        for bit in range(BITS)
    ]
    return sum(1 << bit for bit, value in enumerate(blocks) if value > 125)


def write_part(path, part=Part(), form=None):
    """Write a film; the container is that of the path's ending, or a named one."""
    with av.open(str(path), "w", form) as container:
        video = container.add_stream(part.codec, rate=FPS, options=dict(part.options))
        video.width, video.height, video.pix_fmt = *part.size, part.pixels
        context = video.codec_context
        context.gop_size, context.max_b_frames, context.thread_count = part.gop, part.b_frames, 1
        context.bit_rate = 2_000_000
        if part.codec != "mpeg2video":
            context.time_base = Fraction(1, 1000)
        if part.aspect is not None:
            context.sample_aspect_ratio = part.aspect
        audio = None
        if part.sound:
            audio = container.add_stream(part.sound, rate=part.hertz, layout=part.layout)
        count = round(part.seconds * FPS) if part.times is None else len(part.times)
        for place in range(count):
            frame = av.VideoFrame.from_ndarray(draw_number(part.first + place, part.size))
            time = part.start_s + (place / FPS if part.times is None else part.times[place])
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            _write_hum(container, audio, part)
    return path


def _write_hum(container, stream, part):
    samples = np.arange(round(part.seconds * part.hertz))
    hum = (0.3 * np.sin(2 * np.pi * 400 * samples / part.hertz) * 32767).astype(np.int16)
    channels = av.AudioLayout(part.layout).nb_channels
    block = 1152
    begun = round(part.start_s * part.hertz)
    for first in range(0, len(hum), block):
        piece = np.repeat(hum[first : first + block], channels)[None]
        frame = av.AudioFrame.from_ndarray(piece, format="s16", layout=part.layout)
        frame.sample_rate, frame.pts = part.hertz, begun + first
        frame.time_base = Fraction(1, part.hertz)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def join_parts(path, *parts, form="mpegts"):
    """Write several parts into one file, one behind the other, as `cat` does."""
    content = b""
    for number, part in enumerate(parts):
        piece = write_part(path.with_name(f"{number}.part"), part, form)
        content += piece.read_bytes()
        piece.unlink()
    path.write_bytes(content)
    return path


@dataclass(frozen=True)
class Paint:
    """How a film of one colour is stored, and which tags it has."""

    codec: str = "libx264"
    pixels: str = "yuv420p"
    size: tuple = (640, 360)
    matrix: int | None = 6  # by which the colour is stored; None for RGB
    is_full: bool = False
    tags: tuple = (2, 2, 2, 0)  # matrix, primaries, transfer and range
    aspect: Fraction | None = None


CONVERSIONS = {1: Colorspace.ITU709, 6: Colorspace.ITU601, 9: Colorspace.BT2020}


def write_colour(path, paint, rgb, seconds=1.0):
    """Write a film of one colour, RGB uint8 or uint16, and no sound."""
    deep = np.asarray(rgb).dtype == np.uint16
    picture = np.empty((*paint.size[::-1], 3), np.uint16 if deep else np.uint8)
    picture[:] = rgb
    with av.open(str(path), "w") as container:
        video = container.add_stream(paint.codec, rate=FPS, options=_options(paint.codec))
        video.width, video.height, video.pix_fmt = *paint.size, paint.pixels
        context = video.codec_context
        context.thread_count = 1
        _tag(context, paint.tags)
        if paint.aspect is not None:
            context.sample_aspect_ratio = paint.aspect
        for number in range(round(seconds * FPS)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb48le" if deep else "rgb24")
            if paint.matrix is not None:
                frame = frame.reformat(
                    format=paint.pixels,
                    dst_colorspace=CONVERSIONS[paint.matrix],
                    dst_color_range=ColorRange.JPEG if paint.is_full else ColorRange.MPEG,
                    interpolation="BICUBIC",
                )
            _tag(frame, paint.tags)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def _options(codec):
    quick = {"libx264": {"preset": "ultrafast", "crf": "10"}, "libvpx-vp9": {"crf": "10"}}
    return quick.get(codec, {})


def _tag(target, tags):
    target.colorspace, target.color_primaries, target.color_trc, target.color_range = tags


def spoil(path, old, new):
    """Replace bytes of a file by as many others."""
    assert len(old) == len(new)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    return path
