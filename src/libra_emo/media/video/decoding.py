"""The decoding of a film's packets into pictures, each with its time on the film's timeline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from libra_emo.media.video.colour import to_rgb
from libra_emo.media.video.opening import time_base_of, to_ms
from libra_emo.media.video.orientation import OrientationCorrector
from libra_emo.media.video.timeline import StreamTimes

MAX_BROKEN_PACKETS = 8  # in a row, as in PySceneDetect's own reader
UNORDERED_FORMATS = frozenset({"avi"})  # they state the times of decoding alone


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame of a film.

    Attributes:
        time_ms: Presentation time on the film's timeline.
        picture: Decoded picture.
        time_base: Unit of the picture's `pts`, in seconds.
    """

    time_ms: int
    picture: av.VideoFrame
    time_base: Fraction

    def to_array(self) -> NDArray[np.uint8]:
        """Return the picture in RGB, as a uint8 array of shape (height, width, 3)."""
        return to_rgb(self.picture)


class PictureDecoder:
    """Decodes the packets of one stream from the place at which the container is.

    Attributes:
        is_seekable: Whether all pictures so far had times of their own, by which a place in the
            film can be found again after a seek.

    Args:
        container: Open film.
        stream: Video stream.
        rate: Frame rate of the film.
        corrector: Corrector of the stream's pictures.
        times: Times of the stream's packets; None for the stamps as they are.
    """

    def __init__(
        self,
        container: Any,
        stream: Any,
        rate: Fraction,
        corrector: OrientationCorrector,
        times: StreamTimes | None = None,
    ) -> None:
        self._container = container
        self._stream = stream
        self._times = times
        self._base = time_base_of(stream)
        self._step = max(1, round(1 / (rate * self._base)))
        self._least = math.ceil(Fraction(1, 1000) / self._base)
        self._corrector = corrector
        self._part_numbers = {first for first, _ in times.shifts[1:]} if times else set()
        self._begins_part = False
        self._is_unordered = container.format.name in UNORDERED_FORMATS
        self.is_seekable = not self._is_unordered

    def decode_all(self) -> Iterator[Frame]:
        """Yield the frames from the beginning of the film, at which the container must be."""
        return self._decode(self._packets())

    def decode_after_seek(self) -> Iterator[Frame]:
        """Yield the frames from the next keyframe on; none if the film has no stamps."""
        return self._decode(self._packets_from_keyframe(), has_stamps=False)

    def _decode(self, packets: Iterator[Any], has_stamps: bool = True) -> Iterator[Frame]:
        """Yield the frames of some packets, each later than the one before.

        Broken packets are skipped. After more than eight of them in a row the film ends.

        Args:
            packets: Packets in the order of the file.
            has_stamps: Whether a first picture without a time is at the beginning of the film.
        """
        last = -self._step if has_stamps else None
        broken = 0
        begun: int | None = None  # decoding time of the first packet
        late: int | None = None  # how much later than that the first picture was ready
        for packet in packets:
            begun = packet.dts if begun is None else begun
            try:
                pictures = [*self._finish_part(), *packet.decode()]
                broken = 0
            except av.error.FFmpegError:
                broken += 1
                if broken > MAX_BROKEN_PACKETS:
                    return
                continue
            for picture in pictures:
                stamp = picture.pts
                if self._is_unordered:
                    late = (picture.dts or 0) - (begun or 0) if late is None else late
                    stamp = None if picture.dts is None else picture.dts - late
                if stamp is None and last is None:
                    return
                self.is_seekable = self.is_seekable and stamp is not None
                picture.pts = last = self._place(stamp, last)
                picture.time_base = self._base
                yield Frame(to_ms(last, self._base), self._corrector.apply(picture), self._base)

    def _finish_part(self) -> list[Any]:
        """Return what the decoder holds back if another part of the film begins."""
        if not self._begins_part:
            return []
        self._begins_part = False
        context = self._stream.codec_context
        held = list(context.decode(None))
        context.flush_buffers()
        return held

    def _place(self, pts: int | None, last: int | None) -> int:
        """Return the time of a picture; one without a time, or out of order, follows the last."""
        if pts is None:
            return (last or 0) + self._step
        if last is not None and to_ms(pts, self._base) <= to_ms(last, self._base):
            return last + self._least
        return pts

    def _packets(self) -> Iterator[Any]:
        number = 0
        with suppress(av.error.FFmpegError):  # the file breaks off here
            for packet in self._container.demux(self._stream):
                if self._times is not None:
                    shift_stamps(packet, self._times.shift_of(number))
                    self._begins_part = number in self._part_numbers and bool(packet.size)
                number += bool(packet.size)
                yield packet

    def _packets_from_keyframe(self) -> Iterator[Any]:
        packets = self._packets()
        for packet in packets:
            if packet.is_keyframe or not packet.size:
                yield packet
                break
        yield from packets


def shift_stamps(packet: Any, shift: int) -> None:
    """Add a shift to the times of a packet that has times."""
    if shift and packet.pts is not None:
        packet.pts += shift
    if shift and packet.dts is not None:
        packet.dts += shift
