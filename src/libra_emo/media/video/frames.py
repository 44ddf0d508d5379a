"""The reading of a film's frames: the whole film in order, and spans of it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Self

import av

from libra_emo.errors import LibraEmoError
from libra_emo.media.video.decoding import Frame, PictureDecoder
from libra_emo.media.video.opening import UnreadableFilm, open_film, start_of, time_base_of, to_ms
from libra_emo.media.video.orientation import OrientationCorrector
from libra_emo.media.video.streams import choose_video
from libra_emo.media.video.timeline import JUMPING_FORMAT, StreamTimes, Timeline, read_timeline

STREAM_END_SLACK_MS = 1000  # a later end of the stream is a mistake of the container
EARLIER_MS = 10_000  # a second seek goes so much farther back


class UnreadableScene(LibraEmoError):
    """The frames of a span cannot be decoded as in the pass over the whole film."""


class FilmReader:
    """Context manager that reads one film: the whole film in order, or a span of it.

    Times count from the start of the film (see `timeline`), as those of subtitles do: if the video
    stream starts late, the time of its first frame is greater than zero. Frames have the correct
    orientation and square pixels.

    Attributes:
        end_ms: End of the picture; known after a pass over the whole film.
        sequential: Whether spans are read without seeks, since those of this film go wrong.

    Args:
        path: The film.
        language: Language of the film, by which one of several sound tracks is chosen.
    """

    def __init__(self, path: Path, language: str | None = None) -> None:
        self.path = path
        self.language = language
        self.end_ms = 0
        self.sequential = False
        self._shown_ms, self._shown_pts = array("q"), array("q")
        self._running: Iterator[Frame] = iter(())
        self._held: Frame | None = None

    def __enter__(self) -> Self:
        self.container = open_film(self.path)
        self.stream = choose_video(self.container)
        if self.stream is None:
            codecs = [stream.codec_context for stream in self.container.streams.video]
            self.container.close()
            reason = (
                "its picture has an unknown codec and cannot be decoded"
                if None in codecs
                else "it has no picture"
            )
            raise UnreadableFilm(f"{self.path.name}: {reason}")
        self._corrector = OrientationCorrector(self.stream)
        self.stream.codec_context.thread_count = 1  # several films are decoded in parallel instead
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    @cached_property
    def timeline(self) -> Timeline:
        """Timeline of the film, which a pass over its packets gives."""
        return read_timeline(self.path, self.language)

    @property
    def rate(self) -> Fraction:
        """Frame rate according to the container; 25 if it does not know it."""
        rate = self.stream.guessed_rate or self.stream.average_rate
        return Fraction(rate.numerator, rate.denominator) if rate else Fraction(25)

    @property
    def shown(self) -> int:
        """Number of frames in the last pass over the whole film."""
        return len(self._shown_pts)

    def read_first(self) -> av.VideoFrame | None:
        """Return the first picture in its correct orientation; None if none can be decoded."""
        decoder = PictureDecoder(self.container, self.stream, self.rate, self._corrector)
        first = next(decoder.decode_all(), None)
        return first.picture if first is not None else None

    def read_duration_ms(self) -> int:
        """Return the end of the picture according to the container, or else to its packets."""
        stream, start = self.stream, start_of(self.container)
        if self.container.format.flags & JUMPING_FORMAT:  # it only estimates its length
            end = self._times.end_s + start
        elif stream.duration is not None:
            end = (stream.duration + (stream.start_time or 0)) * time_base_of(stream)
        elif self.container.duration is not None:
            end = Fraction(self.container.duration, av.time_base)
        else:
            end = self._times.end_s + start
        return max(0, round((end - start) * 1000))

    def frames(self, start_ms: int = 0, end_ms: int | None = None) -> Iterator[Frame]:
        """Yield the frames whose times lie within a span, in order.

        A span after a pass over the whole film has exactly the frames of that pass. If a seek does
        not lead to them, the film is decoded from its beginning.

        Raises:
            UnreadableScene: If the frames of the span differ from those of the pass. The span may
                be tried once more, and is then read without a seek.
        """
        if start_ms <= 0 and end_ms is None:
            return self._read_all()
        return self._read_span(start_ms, end_ms)

    def _read_all(self) -> Iterator[Frame]:
        shown_ms, shown_pts = array("q"), array("q")
        last: Frame | None = None
        decoder = self._rewind()
        for last in decoder.decode_all():
            shown_ms.append(last.time_ms)
            shown_pts.append(last.picture.pts or 0)
            yield last
        self._shown_ms, self._shown_pts = shown_ms, shown_pts
        self.sequential = self.sequential or not decoder.is_seekable
        if last is not None:
            self.end_ms = self._end_after(last)

    def _read_span(self, start_ms: int, end_ms: int | None) -> Iterator[Frame]:
        wanted = self.list_times(start_ms, end_ms)
        number = 0
        for frame in self._find(start_ms, wanted[0] if wanted else None):
            if end_ms is not None and frame.time_ms >= end_ms:
                self._held = frame
                break
            if self._shown_pts and (number >= len(wanted) or frame.picture.pts != wanted[number]):
                raise self._lost(start_ms)
            number += 1
            yield frame
        if self._shown_pts and number < len(wanted):
            raise self._lost(start_ms)

    def read_times(self, start_ms: int, end_ms: int) -> list[int]:
        """Return the `pts` of a span's frames.

        They are known after a pass over the whole film; else the span is decoded.

        Raises:
            UnreadableScene: See `frames`.
        """
        if self._shown_pts:
            return self.list_times(start_ms, end_ms)
        return [frame.picture.pts or 0 for frame in self.frames(start_ms, end_ms)]

    def list_times(self, start_ms: int, end_ms: int | None) -> list[int]:
        """Return the `pts` of a span's frames in the last pass over the whole film."""
        first = bisect_left(self._shown_ms, start_ms)
        last = len(self._shown_ms) if end_ms is None else bisect_left(self._shown_ms, end_ms)
        return self._shown_pts[first:last].tolist()

    def _lost(self, start_ms: int) -> UnreadableScene:
        self.sequential = True
        self._running = iter(())
        return UnreadableScene(
            f"{self.path.name}: the frames from {start_ms / 1000:.3f} s on cannot be decoded again"
        )

    def _find(self, start_ms: int, wanted: int | None) -> Iterator[Frame]:
        """Return the frames from a time on; the first one has the wanted `pts`, if one is given."""
        for running, is_complete in self._ways(start_ms):
            exact = is_complete
            for frame in running:
                if frame.time_ms < start_ms:
                    exact = True
                    continue
                exact = exact or frame.time_ms == start_ms
                if exact and (wanted is None or is_complete or frame.picture.pts == wanted):
                    self._running = running
                    return chain([frame], running)
                break
        return iter(())

    def _ways(self, start_ms: int) -> Iterator[tuple[Iterator[Frame], bool]]:
        """Yield ways to the frames from a time on, and whether no frame can be missing in them."""
        if start_ms > 0 and not self.sequential and self._times.is_continuous:
            for earlier in (0, EARLIER_MS):
                with suppress(av.error.FFmpegError):
                    self._seek(max(0, start_ms - earlier))
                    yield self._decoder().decode_after_seek(), False
            self.sequential = True
        held, self._held = self._held, None
        if held is not None and 0 < held.time_ms <= start_ms:
            yield chain([held], self._running), True
        yield self._rewind().decode_all(), True

    def _seek(self, start_ms: int) -> None:
        self._held = None
        place = Fraction(start_ms, 1000) / time_base_of(self.stream) - self._times.shift_of(0)
        self.container.seek(int(place), stream=self.stream)

    def _rewind(self) -> PictureDecoder:
        self._held = None
        self.container.close()
        self.__enter__()
        return self._decoder()

    def _decoder(self) -> PictureDecoder:
        return PictureDecoder(self.container, self.stream, self.rate, self._corrector, self._times)

    @property
    def _times(self) -> StreamTimes:
        times = self.timeline.video
        if times is None:
            raise UnreadableFilm(f"{self.path.name}: it has no picture")
        return times

    def _end_after(self, last: Frame) -> int:
        """Return the end of the last frame, according to the stream or else to its duration."""
        base = time_base_of(self.stream)
        if self.stream.duration is not None and self._times.is_continuous:
            ticks = (self.stream.start_time or 0) + self.stream.duration + self._times.shift_of(0)
            end_ms = to_ms(ticks, base)
            if 0 < end_ms - last.time_ms <= STREAM_END_SLACK_MS:
                return end_ms
        length = Fraction(last.picture.duration or 0) * base or 1 / self.rate
        return last.time_ms + max(1, round(length * 1000))
