"""Account of a run: its budget at the ledger, which pays for questions and records answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from libra_emo.llm.client.forms import choose_form, find_final
from libra_emo.llm.client.settings import ModelSettings, Tally
from libra_emo.llm.client.transport.completions import Completion
from libra_emo.llm.ledger.ledger import ANSWERED, FAILED, Claim, Hold, Ledger, RecordedAnswer
from libra_emo.llm.request.question import Question

TAKEN_POLL_S: Final = 0.3
"""Seconds between two checks whether another process has got its answer."""
SETTLED_WAIT_S: Final = 1.0
"""Longest wait for a call of this run to settle; calls of other processes settle unseen."""


class Account:
    """Budget of a run at a ledger.

    Args:
        ledger: Ledger of the answers.
        budget: Name of the budget that pays.
        ceiling_usd: What the budget may spend in all runs together.
        now: Function that returns the time, ISO 8601 in UTC.
        strict_ceiling: Whether each call reserves the price of the longest question that its model
            can read, so that the cost cannot exceed the ceiling.
    """

    def __init__(
        self,
        ledger: Ledger,
        budget: str,
        ceiling_usd: float,
        now: Callable[[], str],
        strict_ceiling: bool = True,
    ) -> None:
        self.ledger = ledger
        self.budget = budget
        self.ceiling_usd = ceiling_usd
        self.now = now
        self.strict_ceiling = strict_ceiling
        self._settled = asyncio.Event()

    def find(self, question: Question) -> RecordedAnswer | None:
        """Return the final answer to a question, or None if there is none."""
        return find_final(self.ledger, question)

    def choose(self, question: Question) -> tuple[Question, bool]:
        """Return the form of a question that is to be asked, and whether it is the plain one."""
        chosen = choose_form(self.ledger, question)
        return chosen.question, chosen.plain

    async def claim(
        self, settings: ModelSettings, key: str, hold: Hold, tally: Tally
    ) -> int | None:
        """Return the reservation for a question; None if it need not or must not be asked."""
        while tally.stopped is None:
            claim = await self._claim_once(key, hold)
            if claim.state == "granted":
                return claim.reservation
            if claim.state == "answered":
                tally.known += 1
                return None
            if claim.state == "taken":
                await asyncio.sleep(TAKEN_POLL_S)
            elif claim.state == "ceiling":
                tally.stopped = self.describe_ceiling(settings, hold.usd)
            else:
                await self._wait_for_money()
        return None

    async def _claim_once(self, key: str, hold: Hold) -> Claim:
        future = self.ledger.claim(key, self.budget, hold, self.ceiling_usd)
        try:
            return await asyncio.shield(asyncio.wrap_future(future))
        except asyncio.CancelledError:
            future.add_done_callback(self._release_unused)
            raise

    async def _wait_for_money(self) -> None:
        self._settled.clear()
        try:
            await asyncio.wait_for(self._settled.wait(), SETTLED_WAIT_S)
        except TimeoutError:
            return

    def _release_unused(self, future: Future[Claim]) -> None:
        """Release the reservation of a question that will not be asked after all."""
        reservation = future.result().reservation
        if reservation is not None:
            self.ledger.release(reservation, sent=False)

    async def settle(self, reservation: int, answer: RecordedAnswer, billed: bool) -> None:
        """Record an answer and its cost, even if the caller is cancelled meanwhile."""
        future = self.ledger.settle(reservation, answer, billed)
        await asyncio.shield(asyncio.wrap_future(future))
        self._settled.set()

    async def release(self, reservation: int, sent: bool) -> None:
        """Release a reservation; it stays as lost if the question was sent."""
        future = self.ledger.release(reservation, sent)
        await asyncio.shield(asyncio.wrap_future(future))
        self._settled.set()

    async def settle_unread(
        self, reservation: int, question: Question, completion: Completion, cost_usd: float
    ) -> None:
        """Record a reply that was billed, but given up by the server, as a failed question."""
        answer = self.record(question.key, question.describe(), completion, cost_usd)
        error = describe_unread(completion)
        await self.settle(reservation, replace(answer, status=FAILED, error=error), billed=True)

    async def fail(self, question: Question, error: str) -> None:
        """Record that a question failed."""
        answer = RecordedAnswer(
            question.key, question.describe(), FAILED, error=error, answered_at=self.now()
        )
        await asyncio.shield(asyncio.wrap_future(self.ledger.fail(answer)))

    def record(
        self, key: str, description: str, completion: Completion, cost_usd: float | None
    ) -> RecordedAnswer:
        """Return the ledger's row for an answer; a batch's answer has no duration."""
        return RecordedAnswer(
            key=key,
            asked=description,
            status=ANSWERED,
            reply=completion.reply,
            finish=completion.finish,
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
            cost_usd=cost_usd,
            seconds=None if completion.seconds is None else round(completion.seconds, 3),
            answered_at=self.now(),
            logprobs=completion.logprobs,
        )

    def describe_ceiling(self, settings: ModelSettings, usd: float) -> str:
        """Return the line that says why the money does not suffice for a call."""
        money = self.ledger.money(self.budget)
        lost = f", {money.lost_usd:.4f} in calls whose end is not known" if money.lost_usd else ""
        first = self.ledger.cost_overrun(settings.model.name) is None
        bound = settings.price.context_tokens and (self.strict_ceiling or first)
        why = " (as much as the model can read)" if bound else ""
        if settings.may_bill_thinking and settings.price.answer_tokens is None and (bound or first):
            why += "; `answer_tokens` in the price list bounds what it may think beside its answer"
        return (
            f"{self.budget}.max_cost_usd is {self.ceiling_usd:g}: {money.spent_usd:.4f} spent"
            f"{lost}, and the next call of {settings.name!r} may cost {usd:.4f}{why}"
        )


def describe_unread(completion: Completion) -> str:
    """Return the line that says why a billed reply is no answer."""
    return f"the server gave up its reply (it ended with {completion.finish!r}), which was billed"
