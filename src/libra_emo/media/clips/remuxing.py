"""The packets of a scene, where a browser plays them as the film has them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import av

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import open_film, to_ms
from libra_emo.media.video.orientation import Upright
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.streams import choose_video

MOST_REORDERED = 32  # packets after a scene's end among which one of its pictures could still come
AVC_HEADER = 1  # first byte of the decoder's settings where they have the form that MP4 holds


@dataclass(frozen=True, eq=False)
class CopiedPicture:
    """A scene's picture as the film has it.

    Attributes:
        packets: The packets in the order of decoding.
        times: The pictures' `pts`, ascending.
        stream: Where they come from.
    """

    packets: list[Any]
    times: list[int]
    stream: Any


class PacketReader:
    """Reads the packets of scenes that can be cut without encoding them again.

    That is so where the film is H.264 of 8 bits, upright, with square pixels and no larger than
    clips may be; where the scene begins with a keyframe, which encoders mostly put at a cut; and
    where no picture in it needs one after its end. It is opened as a context.

    Args:
        path: The film.
        options: How large clips may be, and up to which bit rate packets are copied.
    """

    def __init__(self, path: Path, options: PreprocessingOptions) -> None:
        self.path = path
        self._options = options

    def __enter__(self) -> Self:
        self._container = open_film(self.path)
        self._stream = choose_video(self._container)
        self._usable = self._options.clip_copy_kilobits > 0 and self._plays()
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def read(self, scene: Scene) -> CopiedPicture | None:
        """Return the packets of a scene; None where it has to be encoded again."""
        if not self._usable:
            return None
        try:
            packets = self._collect(scene)
        except av.error.FFmpegError:  # the file breaks off here
            return None
        bits = 8 * sum(packet.size for packet in packets)
        if not packets or bits > self._options.clip_copy_kilobits * scene.length_ms:
            return None
        return CopiedPicture(packets, sorted(packet.pts for packet in packets), self._stream)

    def _collect(self, scene: Scene) -> list[Any]:
        """Return the packets in the order of decoding, none where they cannot stand alone."""
        base = Fraction(self._stream.time_base.numerator, self._stream.time_base.denominator)
        self._container.seek(int(Fraction(scene.start_ms, 1000) / base), stream=self._stream)
        packets: list[Any] = []
        beyond = 0
        for packet in self._container.demux(self._stream):
            if packet.size == 0 or beyond > MOST_REORDERED:
                break
            if packet.pts is None or packet.is_corrupt:
                return []
            time = to_ms(packet.pts, base)
            if time < scene.start_ms and not packets:
                continue
            if time >= scene.end_ms:
                beyond += 1
            elif beyond or time < scene.start_ms or not (packets or packet.is_keyframe):
                return []
            else:
                packets.append(packet)
        return packets

    def _plays(self) -> bool:
        if self._stream is None:
            return False
        context = self._stream.codec_context
        form = (context.name, context.pix_fmt, bytes(context.extradata or b"")[:1])
        if form != ("h264", "yuv420p", bytes([AVC_HEADER])):
            return False
        if max(context.width, context.height) > self._options.clip_pixels:
            return False
        return self._is_upright()

    def _is_upright(self) -> bool:
        try:
            first = next(self._container.decode(self._stream), None)
        except av.error.FFmpegError:
            return False
        return first is not None and Upright(self._stream.sample_aspect_ratio).apply(first) is first
