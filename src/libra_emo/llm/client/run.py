"""A run of questions: what all workers of it share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from libra_emo.llm.client.account import Account
from libra_emo.llm.client.settings import ModelSettings, OnProgress, Tally
from libra_emo.llm.client.transport.local import Transport

LONGEST_BACKOFF_S: Final = 60.0


@dataclass
class Run:
    """What all workers of a run share.

    Attributes:
        account: Account that pays.
        transport: Transport that makes the calls.
        on_progress: Called after each question.
        recorded_only: Whether only recorded answers are used and no model is asked.
        jitter: Generator of the jitter in waiting.
        closing: Whether the run is ending, so that no further question is asked.
    """

    account: Account
    transport: Transport
    on_progress: OnProgress
    recorded_only: bool
    jitter: np.random.Generator
    closing: bool = field(default=False, init=False)

    def backoff_s(self, settings: ModelSettings, attempt: int) -> float:
        """Return how long to wait after so many tries: twice as long each time, with jitter."""
        doubled = settings.first_wait_s * 2.0 ** (attempt - 1)
        return min(LONGEST_BACKOFF_S, doubled) * float(self.jitter.uniform(0.5, 1.0))

    def report(self, settings: ModelSettings, tally: Tally) -> None:
        """Report the progress of a model."""
        money = self.account.ledger.money(self.account.budget)
        self.on_progress(settings.name, tally, money)
