"""One voter at work: it puts its questions, tries again, and knows when to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from libra_emo.llm.client.calls import Returned
from libra_emo.llm.client.failures import CallFailed
from libra_emo.llm.client.rate_limit import Pace
from libra_emo.llm.client.settings import SURPRISE_MARGIN, Asking, Maker, Tally, content_of
from libra_emo.llm.client.transports import Prepared
from libra_emo.llm.ledger.ledger import ANSWERED, Hold
from libra_emo.llm.pricing.prices import Content
from libra_emo.llm.request.question import Question

if TYPE_CHECKING:
    from libra_emo.llm.client.account import Client

GRACE_S: Final = 0.7
"""How long calls in flight may still answer after Ctrl-C."""
FAILURES_IN_A_ROW: Final = 20
SLOW_DOWNS_PER_TRY: Final = 5
LONGEST_WAIT_S: Final = 600.0


class Voter:
    """One voter at work: several workers share it, each putting one question after the other."""

    def __init__(self, client: Client, asking: Asking, tally: Tally, pace: Pace) -> None:
        self.client = client
        self.asking = asking
        self.tally = tally
        self.pace = pace
        self._slots = asyncio.Semaphore(1)
        self._proved = False
        self._surprise = client.ledger.surprise(asking.model.name)

    async def work(self, makers: Iterator[Maker], only_first: bool = False) -> None:
        """Put questions until there are none left, or the voter stops.

        Args:
            makers: Shared by all workers.
            only_first: Whether the first answer ends it.
        """
        for make in makers:
            if self.tally.stopped is not None or self.client.closing:
                return
            question = await asyncio.to_thread(_make, make)
            self.tally.keys[question.clip_id] = question.key
            known = self.client.ledger.find([question.key]).get(question.key)
            if known is not None and known.status == ANSWERED:
                self.tally.known += 1
            elif self.client.recorded_only:
                self.tally.stopped = f"clip {question.clip_id} has no recorded answer"
            else:
                await self._put(question)
            self.client.told(self.asking, self.tally)
            if only_first and self._proved:
                return

    async def _put(self, question: Question) -> None:
        """Put a question until it is answered, failed for good, or the voter has stopped."""
        prepared = await self.client.caller.prepare(question, self.asking)
        try:
            await self._put_prepared(question, prepared)
        finally:
            prepared.drop()

    async def _put_prepared(self, question: Question, prepared: Prepared) -> None:
        content = content_of(question, self.asking)
        tries = slow_downs = 0
        while True:
            async with self._slots:
                failed = await self._try(question, prepared, content)
                if failed is None:
                    return
                slow = failed.trouble == "slow_down"
                tries, slow_downs = tries + (not slow), slow_downs + slow
                patience = SLOW_DOWNS_PER_TRY * self.asking.tries
                if failed.trouble == "clip" or tries >= self.asking.tries or slow_downs >= patience:
                    await self._give_up(question, failed)
                    return
            await self._wait(failed, tries + slow_downs)

    async def _wait(self, failed: CallFailed, attempt: int) -> None:
        """Wait as long as the provider asks, else twice as long as before, with jitter."""
        wait_s = failed.wait_s
        if wait_s is None:
            wait_s = self.client.backoff_s(self.asking, attempt)
        if wait_s > LONGEST_WAIT_S:
            self.tally.stopped = f"the provider asks to wait {wait_s:.0f} s: {failed}"
            return
        if failed.trouble == "slow_down" or failed.wait_s is not None:
            self.pace.pause(wait_s)
        await asyncio.sleep(wait_s)

    async def _try(
        self, question: Question, prepared: Prepared, content: Content
    ) -> CallFailed | None:
        """Make one call; return how it failed, or None where there is nothing left to do."""
        price, tally = self.asking.price, self.tally
        hold = self._hold(content)
        reservation = await self.client.claim(self.asking, question.key, hold, tally)
        if reservation is None:
            return None
        sent = False
        try:
            await self.pace.wait(sum(price.tokens(content)[1:]))
            if tally.stopped is not None or self.client.closing:
                await self.client.release(reservation, sent=False)
                return None
            sent = True
            returned = await self._call(prepared)
        except CallFailed as failed:
            await self.client.release(reservation, sent=failed.billed is None)
            if failed.trouble == "stop":
                tally.stopped = str(failed)
                return None
            return failed
        except asyncio.CancelledError:
            await self.client.release(reservation, sent)
            raise
        await self._settle(question, returned, reservation, content)
        return None

    def _hold(self, content: Content) -> Hold:
        """Return what is held for a call.

        Likely is the estimate, times the most that a call to this model has exceeded it by. The
        bound is as much as the model can read at all: no provider bills a call for more. Before the
        first answer nobody knows how a provider counts, so the bound is held even where the ceiling
        is not strict.
        """
        price = self.asking.price
        likely = price.estimate(content).high_usd * (self._surprise or 1.0)
        bound = price.most_usd(content.answer_tokens)
        if not bound or (self._surprise is not None and not self.client.strict_ceiling):
            return Hold(likely, likely)
        bound = max(bound, likely / SURPRISE_MARGIN)  # a bill above it: the list is wrong
        return Hold(bound, min(likely, bound))

    async def _call(self, prepared: Prepared) -> Returned:
        """Return the answer of one call; when cancelled, wait a little for it before giving up."""
        task = asyncio.ensure_future(prepared.call())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self.client.closing = True
            await asyncio.wait({task}, timeout=GRACE_S)
            if task.done() and not task.cancelled() and task.exception() is None:
                return task.result()
            task.cancel()
            raise

    async def _settle(
        self, question: Question, returned: Returned, reservation: int, content: Content
    ) -> None:
        tally = self.tally
        cost = self._cost(returned, content)
        answer = self.client.answer(question, returned, cost)
        await self.client.settle(reservation, answer, billed=True)
        tally.answered += 1
        tally.failures_in_a_row = 0
        if not self._proved:
            self._proved = True
            for _ in range(self.asking.calls_at_once - 1):
                self._slots.release()

    def _cost(self, returned: Returned, content: Content) -> float:
        """Return what an answer cost; what it teaches counts for every later call and run."""
        price = self.asking.price
        estimated, known = price.estimate(content).high_usd, self._surprise or 1.0
        if returned.prompt_tokens is None or returned.completion_tokens is None:
            return estimated * known  # the provider told no usage
        cost = price.cost(returned.prompt_tokens, returned.completion_tokens, returned.sound_tokens)
        if estimated > 0:
            dearer = cost > estimated * known
            ratio = SURPRISE_MARGIN * cost / estimated if dearer else known
            if ratio != self._surprise:
                self._surprise = ratio
                self.client.ledger.remember_surprise(self.asking.model.name, ratio)
        return cost

    async def _give_up(self, question: Question, failed: CallFailed) -> None:
        tally = self.tally
        future = self.client.ledger.fail(self.client.failure(question, str(failed)))
        await asyncio.shield(asyncio.wrap_future(future))
        tally.failed += 1
        tally.failures_in_a_row += 1
        if tally.failures_in_a_row >= FAILURES_IN_A_ROW:
            tally.stopped = f"{FAILURES_IN_A_ROW} questions in a row failed, the last: {failed}"


def _make(make: Maker) -> Question:
    """Make a question and its key, which reads and hashes the clip's files."""
    question = make()
    question.key  # noqa: B018 - kept from now on
    return question
