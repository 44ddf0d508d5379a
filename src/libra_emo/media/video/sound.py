"""The sound of a span of a film, exact to the sample."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import av
import numpy as np
from numpy.typing import NDArray

from libra_emo.media.video.frames import open_film
from libra_emo.media.video.streams import choose_audio

SILENCE_HERTZ = 48_000  # sample rate of films without sound
WARM_UP_MS = 500  # a decoder needs some packets before the first one that is used
MAX_DRIFT_SECONDS = 0.1  # smaller gaps come from rounded times, larger ones are real


@dataclass(frozen=True, eq=False)
class Sound:
    """Sound: float32 samples of shape (channels, samples), and their rate in hertz."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def layout(self) -> str:
        """Name of the channels: `mono` or `stereo`."""
        return "mono" if len(self.samples) == 1 else "stereo"

    def to_frame(self) -> Any:
        """Return the sound as an audio frame of PyAV."""
        samples = np.ascontiguousarray(self.samples)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=self.layout)
        frame.sample_rate = self.rate
        return frame

    def resampled(self, layout: str, rate: int, samples: int) -> NDArray[np.float32]:
        """Return the sound with other channels, another rate and a given length.

        Args:
            layout: Channels, `mono` or `stereo`.
            rate: Sample rate in hertz.
            samples: Number of samples; silence is appended, or the end is cut off.
        """
        if (layout, rate) == (self.layout, self.rate):
            made = self.samples[:, :samples]
            return np.pad(made, ((0, 0), (0, samples - made.shape[1])))
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
        parts = [
            part.to_ndarray() for part in (*resampler.resample(self.to_frame()), *_flush(resampler))
        ]
        made = np.concatenate(parts, axis=1)[:, :samples]
        padded: NDArray[np.float32] = np.pad(made, ((0, 0), (0, samples - made.shape[1])))
        return padded


class SoundReader:
    """Context manager that reads spans of a film's sound; a film may have none.

    Args:
        path: The film.
        language: Language of the film, by which one of several tracks is chosen; None if unknown.
    """

    def __init__(self, path: Path, language: str | None = None) -> None:
        self.path = path
        self.language = language

    def __enter__(self) -> Self:
        self.container = open_film(self.path)
        self.stream = choose_audio(self.container, self.language)
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    def read(self, start_ms: int, end_ms: int) -> Sound:
        """Return the sound of a span, mono or stereo; it is silent where the film has no sound."""
        rate = (self.stream.codec_context.sample_rate if self.stream else 0) or SILENCE_HERTZ
        length = round((end_ms - start_ms) * rate / 1000)
        if self.stream is None:
            return Sound(np.zeros((1, length), np.float32), rate)
        layout = "mono" if self.stream.codec_context.channels == 1 else "stereo"
        samples = np.zeros((1 if layout == "mono" else 2, length), np.float32)
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
        position: int | None = None
        for begins, block in self._blocks(start_ms, end_ms, resampler):
            expected = round((begins - Fraction(start_ms, 1000)) * rate)
            if position is None or abs(expected - position) > MAX_DRIFT_SECONDS * rate:
                position = expected
            _put(samples, block, position)
            position += block.shape[1]
        return Sound(samples, rate)

    def _blocks(
        self, start_ms: int, end_ms: int, resampler: Any
    ) -> Iterator[tuple[Fraction, NDArray[np.float32]]]:
        base = Fraction(self.stream.time_base.numerator, self.stream.time_base.denominator)
        from_ms = max(0, start_ms - WARM_UP_MS)
        with suppress(av.error.FFmpegError):  # the sound ends where the file is cut off
            self.container.seek(int(Fraction(from_ms, 1000) / base), stream=self.stream)
            for packet in self.container.demux(self.stream):
                for frame in _decode(packet):
                    if frame.pts is None:
                        continue
                    begins = frame.pts * base
                    if begins * 1000 >= end_ms:
                        return
                    for part in _resample(resampler, frame):
                        yield begins, part.to_ndarray()


def _decode(packet: Any) -> list[Any]:
    try:
        return list(packet.decode())
    except av.error.FFmpegError:
        return []


def _resample(resampler: Any, frame: Any) -> list[Any]:
    frame.pts = None
    try:
        return list(resampler.resample(frame))
    except (ValueError, av.error.FFmpegError):  # the format of the stream changes midway
        return []


def _flush(resampler: Any) -> list[Any]:
    return [part for part in resampler.resample(None) if part is not None]


def _put(samples: NDArray[np.float32], block: NDArray[np.float32], at: int) -> None:
    """Copy the part of a block that lies within the samples."""
    begin, end = max(at, 0), min(at + block.shape[1], samples.shape[1])
    if begin < end:
        samples[:, begin:end] = block[:, begin - at : end - at]
