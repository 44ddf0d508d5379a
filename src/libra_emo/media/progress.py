"""How far the work on films is: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

logger = logging.getLogger(__name__)

QUIET_SECONDS = 3.0  # work that is done sooner shows no progress
LINE_SECONDS = 10.0  # between lines where there is no terminal to draw a bar on


class Bar:
    """Shows on standard error how much is done, how fast, and how long the rest takes.

    Args:
        what: What the items are, such as `films cut`.
        items: How many there are.
        film_seconds: How long all of them are together; 0 where they are not films.
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        what: str,
        items: int,
        film_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what, self._items, self._film_seconds = what, items, film_seconds
        self._clock = clock
        self._begun = self._said = clock()
        self._last = 0, 0.0, 0.0  # items, seconds of film, and when they were done
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, done: int, film_seconds: float, describe: Callable[[], str]) -> None:
        """Tell how many items are done, seconds of film in them, and what else there is to say."""
        now = self._clock()
        elapsed = now - self._begun
        if done != self._last[0]:
            self._last = done, film_seconds, elapsed
        if elapsed < QUIET_SECONDS:
            return
        if self._progress is not None or Console(stderr=True).is_terminal:
            self._draw(self.tell(elapsed, describe()))
        elif now - self._said >= LINE_SECONDS or done == self._items:
            self._said = now
            logger.info("%s: %s", self._what, self.tell(elapsed, describe()))

    @property
    def share(self) -> float:
        """The part of the work that is done, by the films' length where it is known."""
        done, film_seconds, _ = self._last
        if self._film_seconds > 0:
            return film_seconds / self._film_seconds
        return done / max(1, self._items)

    def tell(self, elapsed: float, more: str) -> str:
        """Return the line: items, film hours per hour, what else there is to say, time left.

        Args:
            elapsed: Seconds since the beginning.
            more: What else there is to say.
        """
        done, film_seconds, at = self._last
        parts = [f"{done} of {self._items}"]
        if film_seconds > 0:
            parts.append(f"{film_seconds / max(at, 1e-9):.1f} film hours per hour")
        if more:
            parts.append(more)
        if 0 < self.share < 1:
            parts.append(f"{tell_seconds(max(0.0, at / self.share - elapsed))} left")
        return ", ".join(parts)

    def _draw(self, told: str) -> None:
        if self._progress is None:
            columns: list[Any] = [
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[told]}"),
                TimeElapsedColumn(),
            ]
            self._progress = Progress(*columns, console=Console(stderr=True))
            self._task = self._progress.add_task(self._what, total=1.0, told=told)
            self._progress.start()
        self._progress.update(self._task, completed=self.share, told=told)


def tell_seconds(seconds: float) -> str:
    """Return a span as people say it: `40 s`, `12 min`, `3 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
