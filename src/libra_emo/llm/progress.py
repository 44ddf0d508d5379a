"""A bar for each voter: clips done, and what is spent and left."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from libra_emo.llm.asking import Tally
from libra_emo.llm.ledger import Money


def utc_now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class ProgressBar:
    """Shows on standard error how far voters are; nothing appears before the first answer.

    Args:
        ceiling_usd: What may be spent.
        clips: How many clips each voter may be asked about.
    """

    def __init__(self, ceiling_usd: float, clips: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining

        self._ceiling_usd = ceiling_usd
        self._clips = clips
        self._expected: dict[str, int] = {}
        self._tasks: dict[str, object] = {}
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Remaining(),
            TextColumn("{task.fields[money]}"),
            console=Console(stderr=True),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._tasks:
            self._bar.stop()

    def expect(self, name: str, clips: int) -> None:
        """Say that a name will ask about another number of clips."""
        self._expected[name] = clips

    def tell(self, name: str, tally: Tally, money: Money) -> None:
        """Show a voter's tally and the money."""
        left = max(0.0, self._ceiling_usd - money.gone_usd)
        told = f"${money.gone_usd:.2f} spent, ${left:.2f} left"
        if name not in self._tasks:
            if not self._tasks:
                self._bar.start()
            total = self._expected.get(name, self._clips)
            self._tasks[name] = self._bar.add_task(name, total=total, money=told)
        self._bar.update(self._tasks[name], completed=tally.done, money=told)  # type: ignore[arg-type]
