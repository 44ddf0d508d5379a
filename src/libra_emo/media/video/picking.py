"""The choice of frames that are shown at given times."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """What has a time: a frame, or what stands for one before it is decoded."""

    @property
    def time_ms(self) -> int:
        """Presentation time on the film's timeline."""


Shown = TypeVar("Shown", bound=Timed)


class FramePicker(Generic[Shown]):
    """Picks the frames that are shown at given times, from frames that are pushed in order.

    A frame is shown from its own time to the time of the next one. The first frame is also picked
    for times before it.

    Args:
        times_ms: Times at which frames are picked, ascending.

    Attributes:
        picked: Frames that were picked so far.
    """

    def __init__(self, times_ms: list[float]) -> None:
        self._times = times_ms
        self._previous: Shown | None = None
        self.picked: list[Shown] = []

    def push(self, frame: Shown) -> None:
        """Take the next frame."""
        # times are rounded to milliseconds, so a frame may seem to be 1 ms late
        while self._waiting() and self._times[len(self.picked)] + 1 < frame.time_ms:
            self.picked.append(self._previous or frame)
        self._previous = frame

    def finish(self) -> list[Shown]:
        """Return a frame for every time; the last frame is picked for all remaining times."""
        while self._previous is not None and self._waiting():
            self.picked.append(self._previous)
        return self.picked

    def _waiting(self) -> bool:
        return len(self.picked) < len(self._times)
