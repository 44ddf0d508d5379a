"""Remuxing: the encoded packets of a scene, which a clip file can hold without re-encoding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import av

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import open_film, to_ms
from libra_emo.media.video.orientation import OrientationCorrector
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.streams import choose_video

MAX_REORDERED = 32  # packets after a scene's end among which a picture of the scene may still be
AVC_HEADER = 1  # first byte of the decoder's configuration in the format of MP4


@dataclass(frozen=True, eq=False)
class VideoPackets:
    """The encoded picture of a scene.

    Attributes:
        packets: Packets in decoding order.
        times: Presentation times (`pts`) of the pictures, ascending.
        stream: Stream of the film that the packets come from.
    """

    packets: list[Any]
    times: list[int]
    stream: Any


class PacketReader:
    """Context manager that reads the packets of scenes that can be cut without re-encoding.

    The film must be H.264 with 8 bits, without rotation, with square pixels and no larger than
    clips may be. The scene must begin with a keyframe, which encoders usually put at a cut, and no
    picture in it may depend on a picture after its end.

    Args:
        path: The film.
        options: Maximum size of clips, and maximum bit rate of copied packets.
    """

    def __init__(self, path: Path, options: PreprocessingOptions) -> None:
        self.path = path
        self._options = options

    def __enter__(self) -> Self:
        self._container = open_film(self.path)
        self._stream = choose_video(self._container)
        self._usable = self._options.clip_copy_kilobits > 0 and self._is_playable()
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def read(self, scene: Scene) -> VideoPackets | None:
        """Return the packets of a scene; None if the scene has to be re-encoded."""
        if not self._usable:
            return None
        try:
            packets = self._collect(scene)
        except av.error.FFmpegError:  # the file is cut off here
            return None
        bits = 8 * sum(packet.size for packet in packets)
        if not packets or bits > self._options.clip_copy_kilobits * scene.length_ms:
            return None
        return VideoPackets(packets, sorted(packet.pts for packet in packets), self._stream)

    def _collect(self, scene: Scene) -> list[Any]:
        """Return the packets in decoding order; none if they depend on other packets."""
        base = Fraction(self._stream.time_base.numerator, self._stream.time_base.denominator)
        self._container.seek(int(Fraction(scene.start_ms, 1000) / base), stream=self._stream)
        packets: list[Any] = []
        beyond = 0
        for packet in self._container.demux(self._stream):
            if packet.size == 0 or beyond > MAX_REORDERED:
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

    def _is_playable(self) -> bool:
        if self._stream is None:
            return False
        context = self._stream.codec_context
        form = (context.name, context.pix_fmt, bytes(context.extradata or b"")[:1])
        if form != ("h264", "yuv420p", bytes([AVC_HEADER])):
            return False
        if max(context.width, context.height) > self._options.clip_pixels:
            return False
        return self._has_normal_orientation()

    def _has_normal_orientation(self) -> bool:
        try:
            first = next(self._container.decode(self._stream), None)
        except av.error.FFmpegError:
            return False
        corrector = OrientationCorrector(self._stream.sample_aspect_ratio)
        return first is not None and corrector.apply(first) is first
