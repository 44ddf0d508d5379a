"""How far voters are, and what they have spent."""

from __future__ import annotations

from datetime import UTC, datetime

from libra_emo.common.progress import ProgressDisplay
from libra_emo.llm.client.settings import Tally
from libra_emo.llm.ledger.ledger import Money


def utc_now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class SpendingDisplay(ProgressDisplay):
    """Shows on standard error how far voters are; nothing appears before the first answer.

    Args:
        ceiling_usd: What may be spent.
        clips: How many clips each voter may be asked about.
    """

    def __init__(self, ceiling_usd: float, clips: int) -> None:
        super().__init__()
        self._ceiling_usd = ceiling_usd
        self._clips = clips
        self._expected: dict[str, int] = {}

    def expect(self, name: str, clips: int) -> None:
        """Say that a name will ask about another number of clips."""
        self._expected[name] = clips

    def show(self, name: str, tally: Tally, money: Money) -> None:
        """Show a voter's tally and the money."""
        left = max(0.0, self._ceiling_usd - money.gone_usd)
        text = f"${money.gone_usd:.2f} spent, ${left:.2f} left"
        self.update(name, tally.done, self._expected.get(name, self._clips), text)
