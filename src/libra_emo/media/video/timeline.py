"""The timeline of a film, which one pass over its packets gives without decoding them.

The stamps of a file are not trusted: they may start late, start anew, or jump. The timeline starts
at zero and runs on; each packet has a shift that takes its stamps there.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from libra_emo.media.video.opening import open_film, start_of, time_base_of
from libra_emo.media.video.streams import choose_audio, choose_video

# thresholds of the `ffmpeg` program for stamps that jump
BACKWARD_SECONDS = 0.1
FORWARD_SECONDS = 10
UNORDERED_SECONDS = 2  # presentation times are not in the order of decoding
BRIEF_SECONDS = 1  # a single packet whose stamp is farther off than this is an outlier
JUMPING_FORMAT = 0x0200  # FFmpeg's AVFMT_TS_DISCONT: the format allows stamps to jump
ALIKE_SECONDS = 1  # sound and picture of one part are shifted alike
_UNKNOWN = np.iinfo(np.int64).min

Stamps = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StreamTimes:
    """The times of one stream's packets.

    Attributes:
        base: Unit of the stamps in seconds.
        shifts: Number of a packet, counted from the beginning, and the shift of the stamps from
            this packet on; the first entry is for packet 0.
        times: Shifted presentation times of the packets that are to be shown, ascending.
        step: Usual distance of two packets.
        end: End of the last packet.
    """

    base: Fraction
    shifts: tuple[tuple[int, int], ...]
    times: Stamps
    step: int
    end: int

    @property
    def is_continuous(self) -> bool:
        """Whether all stamps have the same shift, so that a seek by time is possible."""
        return len(self.shifts) == 1

    @property
    def end_s(self) -> Fraction:
        """End of the last packet in seconds."""
        return self.end * self.base

    def shift_of(self, number: int) -> int:
        """Return the shift of a packet, by its number from the beginning of the file."""
        if len(self.shifts) == 1:
            return self.shifts[0][1]
        return self.shifts[bisect_right(self.shifts, (number, _LAST)) - 1][1]

    def count(self, start_ms: int, end_ms: int) -> int:
        """Return the number of packets whose time lies within a span."""
        edges = [float(Fraction(edge, 1000) / self.base) for edge in (start_ms, end_ms)]
        first, last = np.searchsorted(self.times, edges)
        return int(last - first)


_LAST = 1 << 62


@dataclass(frozen=True, eq=False)
class Timeline:
    """The times of a film's picture and sound; None where the film has no such stream."""

    video: StreamTimes | None
    audio: StreamTimes | None


def read_timeline(path: Path, language: str | None = None) -> Timeline:
    """Return the timeline of a film.

    The picture runs on where its stamps jump. The sound of each part is shifted as its picture.

    Args:
        path: The film.
        language: Language of the film, by which one of several sound tracks is chosen.

    Raises:
        UnreadableFilm: If the film cannot be opened.
    """
    with open_film(path) as container:
        streams = [choose_video(container), choose_audio(container, language)]
        stamps = _collect(container, [stream for stream in streams if stream is not None])
        start = start_of(container)
        can_jump = bool(container.format.flags & JUMPING_FORMAT)
        bases = [time_base_of(stream) if stream is not None else Fraction(1) for stream in streams]
        tables = [stamps[stream.index] if stream is not None else None for stream in streams]
    shifts = [
        _find_shifts(table, base, can_jump) if table is not None else []
        for table, base in zip(tables, bases, strict=True)
    ]
    shifts[1] = _follow_picture(shifts[1], shifts[0])
    if tables[0] is not None:
        start = min(start, _first_time(tables[0]) * bases[0])
    return Timeline(
        *(
            None if table is None else _make_times(table, base, found, start)
            for table, base, found in zip(tables, bases, shifts, strict=True)
        )
    )


def _collect(container: Any, streams: list[Any]) -> dict[int, Stamps]:
    """Return decoding and presentation time, whether it is shown, and length of each packet."""
    found: dict[int, list[tuple[int, ...]]] = {stream.index: [] for stream in streams}
    with suppress(av.error.FFmpegError):  # the file breaks off here
        for packet in container.demux(streams) if streams else ():
            if packet.size:
                pts, dts = packet.pts, packet.dts
                found[packet.stream_index].append(
                    (
                        _UNKNOWN if dts is None else dts,
                        _UNKNOWN if pts is None else pts,
                        not packet.is_discard,
                        packet.duration or 0,
                    )
                )
    return {index: np.array(rows, np.int64).reshape(-1, 4) for index, rows in found.items()}


def _find_shifts(table: Stamps, base: Fraction, can_jump: bool) -> list[tuple[int, Fraction]]:
    """Return where the stamps jump: number of the packet, and the shift in seconds from there."""
    is_ordered = bool((table[:, 0] != _UNKNOWN).any())
    stamps = table[:, 0 if is_ordered else 1]
    numbers = np.flatnonzero(stamps != _UNKNOWN)
    jumps = find_jumps(stamps[numbers], base, can_jump, is_ordered)
    return [(int(numbers[place]), Fraction(shift) * base) for place, shift in jumps]


def find_jumps(
    stamps: Stamps, base: Fraction, can_jump: bool, is_ordered: bool = True
) -> list[tuple[int, int]]:
    """Return the places from which stamps have another shift, and the shift that lets them run on.

    Stamps never go back. They may go ahead far, as in a slide show, unless the format lets them
    jump. One stamp that is far from both its neighbours is wrong, and changes no other.

    Args:
        stamps: Stamps in the order of the file.
        base: Unit of the stamps in seconds.
        can_jump: Whether the format lets stamps jump ahead.
        is_ordered: Whether they are times of decoding, which are in order.
    """
    steps = np.diff(stamps)
    back = (BACKWARD_SECONDS if is_ordered else UNORDERED_SECONDS) / base
    jumps = steps < -float(back)
    if can_jump:
        jumps |= steps > float(FORWARD_SECONDS / base)
    is_far = np.abs(steps[:-1]) > float(FORWARD_SECONDS / base)
    is_wrong = is_far & (np.abs(steps[:-1] + steps[1:]) < float(BRIEF_SECONDS / base))
    jumps[:-1] |= is_wrong
    jumps[1:] |= is_wrong
    usual = _usual_step(steps)
    places = np.flatnonzero(jumps)
    shifts = np.cumsum(usual - steps[places])
    return [(int(place) + 1, int(shift)) for place, shift in zip(places, shifts, strict=True)]


def _usual_step(steps: Stamps) -> int:
    forward = steps[steps > 0]
    return int(np.median(forward)) if forward.size else 1


def _follow_picture(
    sound: list[tuple[int, Fraction]], picture: list[tuple[int, Fraction]]
) -> list[tuple[int, Fraction]]:
    """Return the shifts of the sound, with those of the picture where both belong together."""
    if len(sound) == len(picture):
        return [(number, shift) for (number, _), (_, shift) in zip(sound, picture, strict=True)]
    return [(number, _nearest(shift, [other for _, other in picture])) for number, shift in sound]


def _nearest(shift: Fraction, others: list[Fraction]) -> Fraction:
    """Return the nearest of some shifts; the shift itself if none is near."""
    near = [other for other in others if abs(other - shift) < ALIKE_SECONDS]
    return sorted(near, key=lambda other: abs(other - shift))[0] if near else shift


def _first_time(table: Stamps) -> int:
    """Return the earliest presentation time among the first packets; 0 if it is not known."""
    shown = table[:64][(table[:64, 1] != _UNKNOWN) & (table[:64, 2] == 1), 1]
    return int(shown.min()) if shown.size else 0


def _make_times(
    table: Stamps, base: Fraction, jumps: list[tuple[int, Fraction]], start: Fraction
) -> StreamTimes:
    parts = [(0, Fraction(0)), *jumps]
    shifts = [(number, round((shift - start) / base)) for number, shift in parts]
    whole = np.zeros(len(table), np.int64)
    for number, shift in shifts:
        whole[number:] = shift
    times = np.where(table[:, 1] != _UNKNOWN, table[:, 1], table[:, 0])
    shown = (table[:, 2] == 1) & (times != _UNKNOWN)
    placed = np.sort((times + whole)[shown])
    ends = (times + whole + table[:, 3])[shown]
    return StreamTimes(
        base,
        tuple(shifts),
        placed,
        step=_usual_step(np.diff(placed)),
        end=int(ends.max()) if ends.size else 0,
    )
