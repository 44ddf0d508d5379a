"""Worker of one model: it asks the questions, tries again, and knows when to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Final

from libra_emo.llm.client.account import describe_unread
from libra_emo.llm.client.rate_limit import RateLimit
from libra_emo.llm.client.run import Run
from libra_emo.llm.client.settings import (
    OVERRUN_MARGIN,
    LazyQuestion,
    ModelSettings,
    Tally,
    content_of,
)
from libra_emo.llm.client.transport.completions import Completion
from libra_emo.llm.client.transport.failures import CallFailed
from libra_emo.llm.client.transport.local import PreparedCall
from libra_emo.llm.finishes import was_aborted
from libra_emo.llm.ledger.ledger import Hold
from libra_emo.llm.pricing.prices import Content
from libra_emo.llm.request.question import Question

logger = logging.getLogger(__name__)

GRACE_S: Final = 0.7
"""How long calls in flight may still answer after Ctrl-C."""
FAILURES_IN_A_ROW: Final = 20
SLOW_DOWNS_PER_TRY: Final = 5
LONGEST_WAIT_S: Final = 600.0


class Worker:
    """Asks the questions to one model; several tasks share it, each with one question at a time.

    Args:
        run: What all workers of the run share.
        settings: Settings of the model.
        tally: Tally of its questions, which is kept up to date.
        rate_limit: Rate limit of its provider.
    """

    def __init__(
        self, run: Run, settings: ModelSettings, tally: Tally, rate_limit: RateLimit
    ) -> None:
        self.run = run
        self.account = run.account
        self.settings = settings
        self.tally = tally
        self.rate_limit = rate_limit
        # one slot until the first answer proves that key and model are right
        self._slots = asyncio.Semaphore(1)
        self._proved = self._plain = False
        self._overrun = self.account.ledger.cost_overrun(settings.model.name)

    async def work(self, questions: Iterator[LazyQuestion], only_first: bool = False) -> None:
        """Ask questions until there are none left, or the model cannot be asked any more.

        Args:
            questions: Questions that all tasks of the worker share.
            only_first: Whether to end after the first answer.
        """
        for make in questions:
            if self.tally.stopped is not None or self.run.closing:
                return
            made = await asyncio.to_thread(_make, make)
            question, plain = self.account.choose(made)
            self.tally.ask(question, plain)
            if self.account.find(question) is not None:
                self.tally.known += 1
            elif self.run.recorded_only:
                self.tally.stopped = f"clip {question.clip_id} has no recorded answer"
            else:
                await self._ask(question)
            self.run.report(self.settings, self.tally)
            if only_first and self._proved:
                return

    async def _ask(self, question: Question) -> None:
        """Ask a question until it is answered, has failed for good, or the worker stops."""
        prepared = await self.run.transport.prepare(question, self.settings)
        try:
            ended = await self._ask_prepared(question, prepared)
        finally:
            prepared.drop()
        if not ended and question.plain is not None:
            self.tally.ask(question.plain, plain=True)
            await self._ask(question.plain)

    async def _do_without_schema(self, question: Question, failed: CallFailed) -> None:
        """Record that the model takes no schema, unless it has answered before, and say so once."""
        address = question.model.address
        if self._proved or self._plain:
            return
        self._plain = True
        await asyncio.wrap_future(self.account.ledger.record_plain(address))
        logger.warning(
            "%r: %s takes no schema of the reply and is asked for the form in words: %s",
            self.settings.name,
            question.model.name,
            failed,
        )

    async def _ask_prepared(self, question: Question, prepared: PreparedCall) -> bool:
        """Return whether the question has ended; it has not if it must be asked without schema."""
        content = content_of(question, self.settings)
        tries = slow_downs = 0
        while True:
            async with self._slots:
                if self._plain and question.plain is not None:
                    return False
                failed = await self._try(question, prepared, content)
                if failed is None:
                    return True
                if failed.kind == "schema" and question.plain is not None:
                    await self._do_without_schema(question, failed)
                    return False
                slow = failed.kind == "slow_down"
                tries, slow_downs = tries + (not slow), slow_downs + slow
                most_slow_downs = SLOW_DOWNS_PER_TRY * self.settings.tries
                used_up = tries >= self.settings.tries or slow_downs >= most_slow_downs
                if failed.kind in ("clip", "forbidden", "schema") or used_up:
                    await self._give_up(question, failed)
                    return True
            await self._wait(failed, tries + slow_downs)

    async def _wait(self, failed: CallFailed, attempt: int) -> None:
        """Wait as long as the provider asks, otherwise twice as long each time, with jitter."""
        wait_s = failed.wait_s
        if wait_s is None:
            wait_s = self.run.backoff_s(self.settings, attempt)
        if wait_s > LONGEST_WAIT_S:
            self.tally.stopped = f"the provider asks to wait {wait_s:.0f} s: {failed}"
            return
        if failed.kind == "slow_down" or failed.wait_s is not None:
            self.rate_limit.pause(wait_s)
        await asyncio.sleep(wait_s)

    async def _try(
        self, question: Question, prepared: PreparedCall, content: Content
    ) -> CallFailed | None:
        """Make one call; return how it failed, or None if nothing is left to do."""
        price, tally, account = self.settings.price, self.tally, self.account
        reservation = await account.claim(self.settings, question.key, self._hold(content), tally)
        if reservation is None:
            return None
        sent = False
        try:
            await self.rate_limit.wait(sum(price.tokens(content)[1:]))
            if tally.stopped is not None or self.run.closing:
                await account.release(reservation, sent=False)
                return None
            sent = True
            completion = await self._call(prepared)
        except CallFailed as failed:
            await account.release(reservation, sent=failed.billed is None)
            if failed.kind == "stop" or (failed.kind == "forbidden" and not self._proved):
                tally.stopped = str(failed)
                return None
            return failed
        except asyncio.CancelledError:
            await account.release(reservation, sent)
            raise
        if was_aborted(completion.finish):
            cost = self._cost(completion, content)
            await account.settle_unread(reservation, question, completion, cost)
            return CallFailed(describe_unread(completion), "retry", True)
        await self._settle(question, completion, reservation, content)
        return None

    def _hold(self, content: Content) -> Hold:
        """Return the money to be reserved for a call.

        The probable cost is the estimate times the largest overrun of this model so far. The bound
        is the price of the longest question that the model can read with its longest answer; no
        provider bills more for a call. Before the first answer it is not known how a provider
        counts tokens, nor whether it bills thinking beside the answer. So the first call reserves
        the bound even if the ceiling is not strict, and the estimate with the longest answer if the
        length of a question has no bound.
        """
        price = self.settings.price
        probable = price.estimate(content).high_usd * (self._overrun or 1.0)
        longest = content._replace(answer_tokens=self.settings.longest_answer(content))
        bound = price.most_usd(longest.answer_tokens)
        if not bound and self._overrun is None:
            bound = price.estimate(longest).high_usd
        if not bound or (self._overrun is not None and not self.account.strict_ceiling):
            return Hold(probable, probable)
        # a bill above the bound shows that the price list is wrong
        bound = max(bound, probable / OVERRUN_MARGIN)
        return Hold(bound, min(probable, bound))

    async def _call(self, prepared: PreparedCall) -> Completion:
        """Return the answer of one call; when cancelled, give the call a moment to answer."""
        task = asyncio.ensure_future(prepared.call())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self.run.closing = True
            await asyncio.wait({task}, timeout=GRACE_S)
            if task.done() and not task.cancelled() and task.exception() is None:
                return task.result()
            task.cancel()
            raise

    async def _settle(
        self, question: Question, completion: Completion, reservation: int, content: Content
    ) -> None:
        cost = self._cost(completion, content)
        answer = self.account.record(question.key, question.describe(), completion, cost)
        await self.account.settle(reservation, answer, billed=True)
        self.tally.answered += 1
        self.tally.failures_in_a_row = 0
        if not self._proved:
            self._proved = True
            for _ in range(self.settings.calls_at_once - 1):
                self._slots.release()

    def _cost(self, completion: Completion, content: Content) -> float:
        """Return what an answer cost, and record an overrun for every later call and run."""
        price = self.settings.price
        estimated, known = price.estimate(content).high_usd, self._overrun or 1.0
        if completion.prompt_tokens is None or completion.completion_tokens is None:
            return estimated * known  # the provider returned no usage
        cost = price.cost(
            completion.prompt_tokens, completion.completion_tokens, completion.sound_tokens
        )
        if estimated > 0:
            exceeds = cost > estimated * known
            ratio = OVERRUN_MARGIN * cost / estimated if exceeds else known
            if ratio != self._overrun:
                self._overrun = ratio
                self.account.ledger.record_cost_overrun(self.settings.model.name, ratio)
        return cost

    async def _give_up(self, question: Question, failed: CallFailed) -> None:
        tally = self.tally
        await self.account.fail(question, str(failed))
        tally.failed += 1
        tally.failures_in_a_row += 1
        tally.last_failure = str(failed)
        if tally.failures_in_a_row >= FAILURES_IN_A_ROW:
            tally.stopped = f"{FAILURES_IN_A_ROW} questions in a row failed, the last: {failed}"


def _make(make: LazyQuestion) -> Question:
    """Make a question and its key, which reads and hashes the clip's files."""
    question = make()
    for one in (question, question.plain):
        if one is not None:
            one.key  # noqa: B018 - it is cached from now on
    return question
