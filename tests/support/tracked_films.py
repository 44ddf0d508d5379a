"""Films whose picture is turned or stretched, or that have several tracks, made by PyAV."""

from fractions import Fraction

import av
import numpy as np

MILLI = Fraction(1, 1000)
HEADER = b"""[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,16
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def draw_corners(width, height):
    """Draw a picture whose corners differ: red, green, blue and white, from top left onwards."""
    picture = np.full((height, width, 3), 90, np.uint8)
    w, h = width // 3, height // 3
    picture[:h, :w] = (220, 30, 30)
    picture[:h, -w:] = (30, 220, 30)
    picture[-h:, -w:] = (30, 30, 220)
    picture[-h:, :w] = (235, 235, 235)
    return picture


def corners_of(picture):
    """Return the colours of a picture's corners: top left, top right, bottom right, bottom left."""
    height, width = picture.shape[:2]
    y, x = height // 6, width // 6
    spots = [(y, x), (y, width - x), (height - y, width - x), (height - y, x)]
    return "".join(_name(picture[spot]) for spot in spots)


def _name(colour):
    red, green, blue = (int(part) for part in colour)
    if min(red, green, blue) > 180:
        return "w"
    return "rgb"[int(np.argmax((red, green, blue)))]


def write_turned_film(path, size=(96, 64), degrees=0, hflip=False, pixel=None, codec="libx264"):
    """Write a second of a picture that is stored as drawn, to be shown turned or stretched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if pixel is not None:
            stream.codec_context.sample_aspect_ratio = pixel
        if degrees or hflip:
            stream.set_display_rotation(degrees, hflip=hflip)
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(draw_corners(*size))))
        container.mux(stream.encode(None))
    return path


def write_tracked_film(path, sounds=(), subtitles=(), pictures=((96, 64),), seconds=3):
    """Write a film of several tracks.

    Args:
        path: The file.
        sounds: Of each sound track its language, the tone's height in hertz, and its disposition.
        subtitles: Of each subtitle track its codec, its language, its disposition, and its cues as
            (start_s, end_s, text).
        pictures: Size of each picture track.
        seconds: How long it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        videos = [_add_video(container, size) for size in pictures]
        audios = [
            (_add_sound(container, language, kind), hertz) for language, hertz, kind in sounds
        ]
        texts = [(_add_subtitle(container, *subtitle[:3]), subtitle[3]) for subtitle in subtitles]
        for stream, cues in texts:
            for number, (start, end, text) in enumerate(cues):
                container.mux(_pack(stream, number, start, end, text))
        for stream in videos:
            for _ in range(10 * seconds):
                picture = draw_corners(stream.width, stream.height)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
            container.mux(stream.encode(None))
        for stream, hertz in audios:
            _write_sound(container, stream, hertz, seconds)
    return path


def _add_video(container, size):
    stream = container.add_stream("libx264", rate=10)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    return stream


def _add_sound(container, language, kind):
    stream = container.add_stream("aac", rate=16_000, layout="mono")
    if language:
        stream.metadata["language"] = language
    stream.disposition = kind
    return stream


def _add_subtitle(container, codec, language, kind):
    stream = container.add_stream(codec)
    stream.codec_context.subtitle_header = HEADER
    stream.codec_context.time_base = stream.time_base = MILLI
    if language:
        stream.metadata["language"] = language
    stream.disposition = kind
    return stream


def _pack(stream, number, start, end, text):
    content = text.encode()
    if stream.codec_context.name == "mov_text":
        content = len(content).to_bytes(2, "big") + content
    if stream.codec_context.name == "ass":
        content = f"{number},0,Default,,0,0,0,,{text}".encode()
    packet = av.Packet(content)
    packet.stream, packet.time_base = stream, MILLI
    packet.pts = packet.dts = round(start * 1000)
    packet.duration = round((end - start) * 1000)
    return packet


def _write_sound(container, stream, hertz, seconds):
    time = np.arange(16_000 * seconds) / 16_000
    tone = (0.3 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 16_000, 0, Fraction(1, 16_000)
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
