"""How far work is: a bar on a terminal, else a line of the log now and then."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

logger = logging.getLogger(__name__)

QUIET_SECONDS = 3.0  # work that is done sooner shows no progress
LINE_SECONDS = 10.0  # between lines where there is no terminal to draw a bar on


@dataclass
class _Task:
    """One line of the display: what is done, and when the last of it was."""

    total: float
    logged_at: float
    done: float = 0.0
    share: float = 0.0
    changed_at: float = 0.0
    bar: TaskID | None = None


class ProgressDisplay:
    """Shows on standard error how far one or several tasks are, and how long the rest takes.

    Args:
        clock: Seconds of a clock that only goes forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self._tasks: dict[str, _Task] = {}
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    @property
    def elapsed(self) -> float:
        """Seconds since the display was made."""
        return self._clock() - self._begun

    def update(
        self, name: str, done: float, total: float, text: str = "", share: float | None = None
    ) -> None:
        """Show how far a task is.

        Args:
            name: What the task is called, such as `films cut`.
            done: How many items are done.
            total: How many items there are.
            text: What else there is to say, such as the speed.
            share: The part of the work that is done, where items are not of one size.
        """
        now = self.elapsed
        task = self._tasks.setdefault(name, _Task(total, logged_at=0.0))
        task.total = total
        task.share = done / max(1.0, total) if share is None else share
        if done != task.done:
            task.done, task.changed_at = done, now
        if now < QUIET_SECONDS:
            return
        line = describe_progress(task.done, total, task.share, text, task.changed_at, now)
        if self._draws():
            self._draw(name, task, line)
        elif now - task.logged_at >= LINE_SECONDS or done == total:
            task.logged_at = now
            logger.info("%s: %s", name, line)

    def _draws(self) -> bool:
        if self._progress is not None:
            return True
        from rich.console import Console

        return Console(stderr=True).is_terminal

    def _draw(self, name: str, task: _Task, line: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        if self._progress is None:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[line]}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._progress.start()
        if task.bar is None:
            task.bar = self._progress.add_task(name, total=1.0, line=line)
        self._progress.update(task.bar, completed=task.share, line=line)


def describe_progress(
    done: float, total: float, share: float, text: str, changed_at: float, elapsed: float
) -> str:
    """Return the line that is shown: items, what else there is to say, time left.

    Args:
        done: How many items are done.
        total: How many there are.
        share: The part of the work that is done.
        text: What else there is to say.
        changed_at: Seconds from the beginning to when the last item was done.
        elapsed: Seconds from the beginning until now.
    """
    parts = [f"{done:.0f} of {total:.0f}"]
    if text:
        parts.append(text)
    if 0 < share < 1:
        parts.append(f"{describe_seconds(max(0.0, changed_at / share - elapsed))} left")
    return ", ".join(parts)


def describe_seconds(seconds: float) -> str:
    """Return a span as people say it: `40 s`, `12 min`, `3 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
