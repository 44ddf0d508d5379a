"""Remuxing: the encoded packets of a scene, which a clip file can hold without re-encoding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import av

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.colour import read_colours
from libra_emo.media.video.decoding import shift_stamps
from libra_emo.media.video.opening import open_film, time_base_of, to_ms
from libra_emo.media.video.orientation import OrientationCorrector
from libra_emo.media.video.scenes import Scene
from libra_emo.media.video.streams import choose_video
from libra_emo.media.video.timeline import StreamTimes, read_timeline

MAX_REORDERED = 32  # packets after a scene's end among which a picture of the scene may still be
AVC_HEADER = 1  # first byte of the decoder's configuration in the format of MP4
PLAYED_PROFILES = frozenset({"Baseline", "Constrained Baseline", "Main", "High"})  # by browsers


@dataclass(frozen=True, eq=False)
class VideoPackets:
    """The encoded picture of a scene.

    Attributes:
        packets: Packets in decoding order.
        times: Presentation times (`pts`) of the pictures, ascending.
        stream: Stream of the film that the packets come from.
        corrector: Corrector of the stream's pictures, which changes none of a copied scene.
    """

    packets: list[Any]
    times: list[int]
    stream: Any
    corrector: OrientationCorrector


class PacketReader:
    """Context manager that reads the packets of scenes that can be cut without re-encoding.

    The film must be H.264 with 8 bits of a profile that browsers play, without rotation, with
    square pixels, with colours of a usual screen, no larger than clips may be, and with stamps that
    run on. The scene must begin with a keyframe, which encoders usually put at a cut, and no
    picture in it may depend on a picture after its end.

    Args:
        path: The film.
        options: Maximum size of clips, and maximum bit rate of copied packets.
        times: Times of the stream's packets, if they are known already.
    """

    def __init__(
        self, path: Path, options: PreprocessingOptions, times: StreamTimes | None = None
    ) -> None:
        self.path = path
        self._options = options
        self._times = times

    def __enter__(self) -> Self:
        self._container = open_film(self.path)
        self._stream = choose_video(self._container)
        self._corrector: OrientationCorrector | None = None
        self._usable = self._options.clip_copy_kilobits > 0 and self._is_playable()
        if self._usable:
            self._times = self._times or read_timeline(self.path).video
            self._usable = self._times is not None and self._times.is_continuous
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def read(self, scene: Scene) -> VideoPackets | None:
        """Return the packets of a scene; None if the scene has to be re-encoded."""
        if not self._usable or self._corrector is None:
            return None
        try:
            packets = self._collect(scene)
        except av.error.FFmpegError:  # the file is cut off here
            return None
        bits = 8 * sum(packet.size for packet in packets)
        if not packets or bits > self._options.clip_copy_kilobits * scene.length_ms:
            return None
        times = sorted(packet.pts for packet in packets)
        return VideoPackets(packets, times, self._stream, self._corrector)

    @property
    def _shift(self) -> int:
        return self._times.shift_of(0) if self._times is not None else 0

    def _collect(self, scene: Scene) -> list[Any]:
        """Return the packets in decoding order; none if they depend on other packets."""
        base = time_base_of(self._stream)
        place = int(Fraction(scene.start_ms, 1000) / base - self._shift)
        self._container.seek(place, stream=self._stream)
        packets: list[Any] = []
        beyond = 0
        for packet in self._container.demux(self._stream):
            if packet.size == 0 or beyond > MAX_REORDERED:
                break
            if packet.pts is None or packet.is_corrupt or self._changes_decoder(packet):
                return []
            shift_stamps(packet, self._shift)
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

    def _changes_decoder(self, packet: Any) -> bool:
        """Return whether the decoder needs other parameters from this packet on."""
        if not packet.has_sidedata("new_extradata"):
            return False
        own: bytes | None = self._stream.codec_context.extradata
        return bytes(packet.get_sidedata("new_extradata")) != own

    def _is_playable(self) -> bool:
        if self._stream is None:
            return False
        context = self._stream.codec_context
        context.thread_count = 1
        form = (context.name, context.pix_fmt, bytes(context.extradata or b"")[:1])
        if form != ("h264", "yuv420p", bytes([AVC_HEADER])):
            return False
        if context.profile not in PLAYED_PROFILES:
            return False
        if max(context.width, context.height) > self._options.clip_pixels:
            return False
        return self._is_usual_picture()

    def _is_usual_picture(self) -> bool:
        """Return whether the pictures are upright, with square pixels and usual colours."""
        self._corrector = OrientationCorrector(self._stream)
        try:
            first = next(self._container.decode(self._stream), None)
        except av.error.FFmpegError:
            return False
        if first is None or self._corrector.apply(first) is not first:
            return False
        colours = read_colours(first)
        return colours == colours.on_screen


def list_decoding_times(video: VideoPackets) -> list[int]:
    """Return a decoding time for each packet, since some containers have none.

    Each packet is decoded as an encoder plans it: when the picture is shown that lies before it by
    as many pictures as the decoder holds back. A delay in seconds would be wrong where the frame
    rate varies: players then show the first pictures too early.
    """
    places = {time: place for place, time in enumerate(video.times)}
    held = max(number - places[packet.pts] for number, packet in enumerate(video.packets))
    step = max(1, min((after - time for time, after in pairwise(video.times)), default=1))
    before = [video.times[0] - step * number for number in range(held, 0, -1)]
    return [*before, *video.times][: len(video.times)]
