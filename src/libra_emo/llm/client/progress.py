"""Progress of models that are asked, and of the money that they spend."""

from __future__ import annotations

from datetime import UTC, datetime

from libra_emo.common.progress import ProgressDisplay
from libra_emo.llm.client.settings import Tally
from libra_emo.llm.ledger.ledger import Money


def utc_now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class SpendingDisplay(ProgressDisplay):
    """Shows the progress of models on standard error, from the first answer on.

    Args:
        ceiling_usd: What may be spent.
        clips: Number of clips about which each model may be asked.
    """

    def __init__(self, ceiling_usd: float, clips: int) -> None:
        super().__init__()
        self._ceiling_usd = ceiling_usd
        self._clips = clips
        self._expected: dict[str, int] = {}

    def expect(self, name: str, clips: int) -> None:
        """Set the number of clips for one name alone."""
        self._expected[name] = clips

    def show(self, name: str, tally: Tally, money: Money) -> None:
        """Show a model's tally and the money."""
        left = max(0.0, self._ceiling_usd - money.used_usd)
        text = f"${money.used_usd:.2f} spent, ${left:.2f} left"
        self.update(name, tally.done, self._expected.get(name, self._clips), text)
