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

from libra_emo.media.video.opening import open_film, time_base_of
from libra_emo.media.video.sound_decoding import Block, SoundDecoder
from libra_emo.media.video.streams import choose_audio
from libra_emo.media.video.timeline import StreamTimes, read_timeline

SILENCE_HERTZ = 48_000  # sample rate of films without sound
WARM_UP_MS = 500  # a decoder needs some packets before the first one that is used
EARLIER_MS = 10_000  # a second seek goes so much farther back
LATE_MS = 250  # some decoders need a few packets before they give sound
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
        resampler = Resampler(layout, rate)
        made = np.concatenate([*resampler.convert(self.to_frame()), *resampler.finish()], axis=1)
        made = made[:, :samples]
        padded: NDArray[np.float32] = np.pad(made, ((0, 0), (0, samples - made.shape[1])))
        return padded


class Resampler:
    """Converts blocks of sound, whose format, channels and rate may change, to one form.

    Args:
        layout: Channels of the result, `mono` or `stereo`.
        rate: Sample rate of the result in hertz.
    """

    def __init__(self, layout: str, rate: int) -> None:
        self._layout, self._rate = layout, rate
        self._tool: Any = None
        self._form: tuple[Any, ...] = ()

    def convert(self, frame: Any) -> list[NDArray[np.float32]]:
        """Return what is ready, beginning with the rest of an earlier form."""
        form = (frame.format.name, frame.layout.name, frame.layout.nb_channels, frame.sample_rate)
        rest = []
        if form != self._form:
            rest = self.finish()
            self._tool = av.AudioResampler(format="fltp", layout=self._layout, rate=self._rate)
            self._form = form
        frame.pts = None
        return [*rest, *(part.to_ndarray() for part in self._tool.resample(frame))]

    def finish(self) -> list[NDArray[np.float32]]:
        """Return what is still held back."""
        if self._tool is None:
            return []
        held = [part for part in self._tool.resample(None) if part is not None]
        self._tool, self._form = None, ()
        return [part.to_ndarray() for part in held]


class SoundReader:
    """Context manager that reads spans of a film's sound; a film may have none.

    Args:
        path: The film.
        language: Language of the film, by which one of several tracks is chosen; None if unknown.
        times: Times of the packets of the sound, if they are known already.
    """

    def __init__(
        self, path: Path, language: str | None = None, times: StreamTimes | None = None
    ) -> None:
        self.path = path
        self.language = language
        self.times = times
        self.sequential = False
        self._running: Iterator[Block] = iter(())
        self._held: list[Block] = []

    def __enter__(self) -> Self:
        self._open()
        if self.stream is not None:
            if self.times is None:
                self.times = read_timeline(self.path, self.language).audio
            # stated at the beginning, since it may change inside the film
            self._rate = self.stream.codec_context.sample_rate or SILENCE_HERTZ
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    def read(self, start_ms: int, end_ms: int) -> Sound:
        """Return the sound of a span, mono or stereo; it is silent where the film has no sound.

        Its rate is that of the film's beginning, and it is mono if all of the span is.
        """
        rate = self._rate if self.stream is not None else SILENCE_HERTZ
        length = round((end_ms - start_ms) * rate / 1000)
        if self.stream is None:
            return Sound(np.zeros((1, length), np.float32), rate)
        blocks = self.read_blocks(start_ms, end_ms)
        is_mono = all(frame.layout.nb_channels == 1 for _, frame in blocks)
        resampler = Resampler("mono" if is_mono else "stereo", rate)
        samples = np.zeros((1 if is_mono else 2, length), np.float32)
        position: int | None = None
        for begins, frame in blocks:
            expected = round((begins - Fraction(start_ms, 1000)) * rate)
            if position is None or abs(expected - position) > MAX_DRIFT_SECONDS * rate:
                position = expected
            for part in resampler.convert(frame):
                _put(samples, part, position)
                position += part.shape[1]
        for part in resampler.finish():
            _put(samples, part, position or 0)
        return Sound(samples, rate)

    def read_blocks(self, start_ms: int, end_ms: int) -> list[Block]:
        """Return the decoded blocks of a span, some before it included, with their times."""
        warm_up = Fraction(WARM_UP_MS, 1000)
        start, end = Fraction(start_ms, 1000), Fraction(end_ms, 1000)
        blocks: list[Block] = []
        for running, is_complete in self._ways(start_ms):
            blocks, self._held = [], []
            for block in running:
                if block[0] >= end:
                    self._held = [block]
                    break
                if not is_complete or _end_of(block) > start - warm_up:
                    blocks.append(block)
            self._running = running
            if is_complete or not self._is_late(blocks, start_ms, end_ms):
                break
        # the next span may begin with them
        self._held = [*(block for block in blocks if _end_of(block) > end - warm_up), *self._held]
        return blocks

    def _ways(self, start_ms: int) -> Iterator[tuple[Iterator[Block], bool]]:
        """Yield ways to the blocks from a time on, and whether no block can be missing in them."""
        times = self.times
        if times is not None and times.is_continuous and not self.sequential:
            for earlier in (WARM_UP_MS, EARLIER_MS):
                with suppress(av.error.FFmpegError):
                    place = Fraction(max(0, start_ms - earlier), 1000) / time_base_of(self.stream)
                    self.container.seek(int(place - times.shift_of(0)), stream=self.stream)
                    yield (
                        SoundDecoder(self.container, self.stream, times).decode_after_seek(),
                        False,
                    )
            self.sequential = True
        held, running = self._held, self._running
        if held and held[0][0] <= Fraction(start_ms, 1000):
            yield _chain(held, running), True
        else:
            self.container.close()
            self._open()
            yield self._decoder().decode_all(), True

    def _decoder(self) -> SoundDecoder:
        return SoundDecoder(self.container, self.stream, self.times)

    def _is_late(self, blocks: list[Block], start_ms: int, end_ms: int) -> bool:
        """Return whether the film has packets in the span before the first decoded block."""
        if self.times is None:
            return False
        first_ms = min(round(blocks[0][0] * 1000), end_ms) if blocks else end_ms
        return first_ms > start_ms + LATE_MS and self.times.count(start_ms, first_ms) > 1

    def _open(self) -> None:
        self.container = open_film(self.path)
        self.stream = choose_audio(self.container, self.language)


def _chain(held: list[Block], running: Iterator[Block]) -> Iterator[Block]:
    yield from held
    yield from running


def _end_of(block: Block) -> Fraction:
    begins, frame = block
    return begins + Fraction(frame.samples, frame.sample_rate or SILENCE_HERTZ)


def _put(samples: NDArray[np.float32], block: NDArray[np.float32], at: int) -> None:
    """Copy the part of a block that lies within the samples."""
    begin, end = max(at, 0), min(at + block.shape[1], samples.shape[1])
    if begin < end:
        samples[:, begin:end] = block[:, begin - at : end - at]
