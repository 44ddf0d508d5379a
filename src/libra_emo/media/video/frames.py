"""The frames of a film, decoded in order, with the times of the container."""

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

from libra_emo.errors import LibraEmoError
from libra_emo.media.video.orientation import OrientationCorrector
from libra_emo.media.video.streams import choose_video

MAX_BROKEN_PACKETS = 8  # in a row, as in PySceneDetect's own reader
STREAM_END_SLACK_MS = 1000  # a later end of the stream is a mistake of the container


class UnreadableFilm(LibraEmoError):
    """A film cannot be opened, or none of its pictures can be decoded."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame of a film.

    Attributes:
        time_ms: Presentation time, in container time.
        picture: Decoded picture.
        time_base: Unit of the picture's `pts`, in seconds.
    """

    time_ms: int
    picture: av.VideoFrame
    time_base: Fraction

    def to_array(self, form: str = "rgb24") -> NDArray[np.uint8]:
        """Return the picture as a uint8 array of shape (height, width, 3)."""
        array: NDArray[np.uint8] = self.picture.to_ndarray(format=form)
        return array


class FilmReader:
    """Context manager that reads one film; each pass over the film starts from its beginning.

    Times are those of the container, which subtitles refer to: if the video stream starts late, the
    time of its first frame is greater than zero. Frames have the correct orientation and square
    pixels.

    Attributes:
        end_ms: End of the picture; known after `frames` has reached the end of the film.

    Args:
        path: The film.
        language: Language of the film, by which one of several sound tracks is chosen.
    """

    def __init__(self, path: Path, language: str | None = None) -> None:
        self.path = path
        self.language = language
        self.end_ms = 0

    def __enter__(self) -> Self:
        self.container = open_film(self.path)
        self.stream = choose_video(self.container)
        if self.stream is None:
            self.container.close()
            raise UnreadableFilm(f"{self.path.name}: it has no picture")
        self._corrector = OrientationCorrector(self.stream.sample_aspect_ratio)
        self.stream.codec_context.thread_count = 1  # several films are decoded in parallel instead
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    @property
    def rate(self) -> Fraction:
        """Frame rate according to the container; 25 if it does not know it."""
        rate = self.stream.guessed_rate or self.stream.average_rate
        return Fraction(rate.numerator, rate.denominator) if rate else Fraction(25)

    def read_size(self) -> tuple[int, int]:
        """Return width and height of the first frame in its correct orientation.

        If no frame can be decoded, the size is the one that the file states.
        """
        first = next(self.frames(), None)
        if first is not None:
            return first.picture.width, first.picture.height
        return self.stream.codec_context.width, self.stream.codec_context.height

    def read_duration_ms(self) -> int:
        """Return the end of the picture according to the container, or else to its packets."""
        stream = self.stream
        if stream.duration is not None:
            end = Fraction(stream.duration + (stream.start_time or 0)) * self._time_base
        elif self.container.duration is not None:
            end = Fraction(self.container.duration, av.time_base)
        else:
            ends = (p.pts + (p.duration or 0) for p in self._packets() if p.pts is not None)
            end = Fraction(max(ends, default=0)) * self._time_base
        return max(0, round(end * 1000))

    def frames(self, start_ms: int = 0, end_ms: int | None = None) -> Iterator[Frame]:
        """Yield the frames whose times lie within a span, in order.

        Broken packets are skipped. After more than eight of them in a row the film ends.
        """
        if start_ms > 0:
            self._seek(start_ms)
        else:
            self._reopen()
        last: Frame | None = None
        for frame in self._decode():
            if last is None and frame.time_ms > start_ms > 0:  # the seek went too far
                yield from self._frames_from_beginning(start_ms, end_ms)
                return
            if last is not None and frame.time_ms <= last.time_ms:
                continue
            last = frame
            if end_ms is not None and frame.time_ms >= end_ms:
                return
            if frame.time_ms >= start_ms:
                yield frame
        if last is not None:
            self.end_ms = self._end_after(last)

    def _frames_from_beginning(self, start_ms: int, end_ms: int | None) -> Iterator[Frame]:
        for frame in self.frames(0, end_ms):
            if frame.time_ms >= start_ms:
                yield frame

    def _seek(self, start_ms: int) -> None:
        self.container.seek(int(Fraction(start_ms, 1000) / self._time_base), stream=self.stream)

    def _reopen(self) -> None:
        self.container.close()
        self.__enter__()

    @property
    def _time_base(self) -> Fraction:
        base = self.stream.time_base
        return Fraction(base.numerator, base.denominator)

    def _decode(self) -> Iterator[Frame]:
        base = self._time_base
        step = max(1, round(1 / (self.rate * base)))
        pts, broken = -step, 0
        for packet in self._packets():
            try:
                pictures = packet.decode()
                broken = 0
            except av.error.FFmpegError:
                broken += 1
                if broken > MAX_BROKEN_PACKETS:
                    return
                continue
            for picture in pictures:
                # a picture without a time follows the previous one
                pts = pts + step if picture.pts is None else picture.pts
                picture.pts = pts
                yield Frame(to_ms(pts, base), self._corrector.apply(picture), base)

    def _packets(self) -> Iterator[Any]:
        with suppress(av.error.FFmpegError):  # the file breaks off here
            yield from self.container.demux(self.stream)

    def _end_after(self, last: Frame) -> int:
        """Return the end of the last frame, according to the stream or else to its duration."""
        if self.stream.duration is not None:
            start = self.stream.start_time or 0
            end = round(Fraction(start + self.stream.duration) * self._time_base * 1000)
            if 0 < end - last.time_ms <= STREAM_END_SLACK_MS:
                return end
        length = Fraction(last.picture.duration or 0) * self._time_base or 1 / self.rate
        return last.time_ms + max(1, round(length * 1000))


def to_ms(pts: int, time_base: Fraction) -> int:
    """Return a time in milliseconds; halves are rounded up."""
    # integers, because this is called for every frame and fractions are slow
    numerator, denominator = 1000 * time_base.numerator, time_base.denominator
    return (2 * pts * numerator + denominator) // (2 * denominator)


def open_film(path: Path) -> Any:
    """Return the open container of a film.

    Raises:
        UnreadableFilm: If the file cannot be read, or is not a film.
    """
    try:
        return av.open(str(path.absolute()))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFilm(f"{path.name}: it cannot be read as a film: {reason}") from error
