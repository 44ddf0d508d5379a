"""The client: many questions at once, within rate limits and budget, none asked twice.

Each model has its own calls at once, tries and rate limit; all share the ledger and the budget. The
first call of a model goes alone, so that a wrong key costs one call and not as many as can be in
flight. A model that cannot be asked any more stops alone; its answers stay in the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from libra_emo.llm.client.account import Account
from libra_emo.llm.client.batch_worker import BatchWorker
from libra_emo.llm.client.rate_limit import RateLimit
from libra_emo.llm.client.run import Run
from libra_emo.llm.client.settings import (
    LazyQuestion,
    ModelSettings,
    OnProgress,
    Tally,
    ignore_progress,
    share_rate_limits,
)
from libra_emo.llm.client.transport.local import LocalTransport, Transport
from libra_emo.llm.client.transport.processes import ProcessTransport
from libra_emo.llm.client.worker import Worker
from libra_emo.llm.ledger.ledger import Ledger

PREPARED_AHEAD: Final = 4
"""Number of questions of a model that are prepared beside those in flight."""

Questions = Sequence[tuple[ModelSettings, Iterable[LazyQuestion]]]
"""Models, and the questions to each of them."""


@dataclass(frozen=True)
class Client:
    """Asks the questions to several models that share a ledger and a budget.

    Attributes:
        ledger: Ledger of the answers.
        budget: Name of the budget that pays.
        ceiling_usd: What the budget may spend in all runs together.
        now: Function that returns the time, ISO 8601 in UTC.
        seed: Seed of the jitter in waiting.
        on_progress: Called after each question.
        recorded_only: Whether only recorded answers are used and no model is asked.
        processes: Number of processes that make the calls; with 1 this process makes them itself.
        strict_ceiling: Whether each call reserves the price of the longest question that its model
            can read, so that the cost cannot exceed the ceiling.
    """

    ledger: Ledger
    budget: str
    ceiling_usd: float
    now: Callable[[], str]
    seed: int = 0
    on_progress: OnProgress = ignore_progress
    recorded_only: bool = False
    processes: int = 1
    strict_ceiling: bool = True

    def ask(self, questions: Questions) -> dict[str, Tally]:
        """Ask each model its questions, all models at the same time; return their tallies.

        Ctrl-C ends it within two seconds: calls in flight get a moment to answer, and their answers
        are recorded.

        Raises:
            LibraEmoError: If a clip's pictures or sound cannot be read.
        """
        return asyncio.run(self._ask(questions))

    async def _ask(self, questions: Questions) -> dict[str, Tally]:
        run = self._start_run()
        limits = share_rate_limits(settings for settings, _ in questions)
        tallies = {settings.name: Tally() for settings, _ in questions}
        try:
            async with run.transport, asyncio.TaskGroup() as group:
                for settings, lazy in questions:
                    tally, limit = tallies[settings.name], limits[settings.model.provider]
                    shared = iter(lazy)
                    if settings.batch and not self.recorded_only:
                        group.create_task(_ask_in_batches(run, settings, shared, tally, limit))
                        continue
                    worker = Worker(run, settings, tally, limit)
                    for _ in range(settings.calls_at_once + PREPARED_AHEAD):
                        group.create_task(worker.work(shared))
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        return tallies

    def _start_run(self) -> Run:
        """Return a run of its own: its events and connections belong to one event loop."""
        account = Account(self.ledger, self.budget, self.ceiling_usd, self.now, self.strict_ceiling)
        alone = self.processes == 1
        transport: Transport = LocalTransport() if alone else ProcessTransport(self.processes)
        jitter = np.random.default_rng(self.seed)
        return Run(account, transport, self.on_progress, self.recorded_only, jitter)


async def _ask_in_batches(
    run: Run,
    settings: ModelSettings,
    questions: Iterator[LazyQuestion],
    tally: Tally,
    limit: RateLimit,
) -> None:
    """Ask in batches; a model that has never answered is asked one question first.

    That shows its cost overrun, whether it bills thinking beside the answer, and whether it takes a
    schema of the reply.
    """
    overrun = run.account.ledger.cost_overrun(settings.model.name)
    unknown = settings.price.context_tokens or settings.schema or settings.may_bill_thinking
    if unknown and overrun is None:
        worker = Worker(run, replace(settings, batch=False), tally, limit)
        await worker.work(questions, only_first=True)
    if tally.stopped is None:
        await BatchWorker(run, settings, tally).work(questions)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
