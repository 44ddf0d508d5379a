"""The decoding of a film's sound into blocks, each with its time on the film's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

import av

from libra_emo.media.video.decoding import shift_stamps
from libra_emo.media.video.opening import time_base_of
from libra_emo.media.video.timeline import StreamTimes

Block = tuple[Fraction, Any]  # time in seconds at which it begins, and the decoded samples


class SoundDecoder:
    """Decodes the packets of one stream from the place at which the container is.

    Args:
        container: Open film.
        stream: Audio stream.
        times: Times of the stream's packets; None for the stamps as they are.
    """

    def __init__(self, container: Any, stream: Any, times: StreamTimes | None = None) -> None:
        self._container = container
        self._stream = stream
        self._times = times

    def decode_all(self) -> Iterator[Block]:
        """Yield the blocks from the beginning of the film, at which the container must be."""
        return self._decode(Fraction(0))

    def decode_after_seek(self) -> Iterator[Block]:
        """Yield the blocks from the first one with a time on."""
        return self._decode(None)

    def _decode(self, ends: Fraction | None) -> Iterator[Block]:
        base = time_base_of(self._stream)
        for packet in self._packets():
            for frame in _decode(packet):
                if frame.pts is None and ends is None:
                    continue
                # a block without a time follows the previous one
                begins = frame.pts * base if frame.pts is not None else ends or Fraction(0)
                ends = begins + Fraction(frame.samples, frame.sample_rate or 1)
                yield begins, frame

    def _packets(self) -> Iterator[Any]:
        number = 0
        with suppress(av.error.FFmpegError):  # the sound ends where the file breaks off
            for packet in self._container.demux(self._stream):
                if self._times is not None:
                    shift_stamps(packet, self._times.shift_of(number))
                number += bool(packet.size)
                yield packet


def _decode(packet: Any) -> list[Any]:
    try:
        return list(packet.decode())
    except av.error.FFmpegError:
        return []
