"""Worker of one model through its provider's batch interface: half the price, up to a day's wait.

The ledger records what a batch holds before the batch is submitted. However a run ends, its batches
go on at the provider; the next run finds them, waits for them, and submits only what no batch
holds.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Final, TypeVar

from libra_emo.llm.client.batch_api import ENDED, BatchApi, BatchResult, BatchState
from libra_emo.llm.client.run import Run
from libra_emo.llm.client.settings import (
    OVERRUN_MARGIN,
    LazyQuestion,
    ModelSettings,
    Tally,
    content_of,
)
from libra_emo.llm.client.transport.calls import load_litellm
from libra_emo.llm.client.transport.failures import CallFailed
from libra_emo.llm.finishes import was_aborted
from libra_emo.llm.ledger.batches import BatchEntry, Batches, OpenBatch
from libra_emo.llm.ledger.ledger import ANSWERED, FAILED, RecordedAnswer
from libra_emo.llm.request.question import Question

MOST_BYTES: Final = 100_000_000
"""Largest size of one file; OpenAI accepts 200 MB."""
MOST_QUESTIONS: Final = 20_000
"""Largest number of questions of one file; OpenAI accepts 50,000."""
SEARCHES_FOR_LOST: Final = 2
UNREAD: Final = "the answer was billed, but it cannot be read"
T = TypeVar("T")


class BatchWorker:
    """Asks the questions to one model in batches, and waits for the batches.

    Args:
        run: What all workers of the run share.
        settings: Settings of the model.
        tally: Tally of its questions, which is kept up to date.
    """

    def __init__(self, run: Run, settings: ModelSettings, tally: Tally) -> None:
        self.run = run
        self.account = run.account
        self.settings = settings
        self.tally = tally
        model = settings.model
        self._batches = Batches(self.account.ledger, model.address)
        self._overrun = self.account.ledger.cost_overrun(model.name) or 1.0
        self._api: BatchApi

    async def work(self, questions: Iterator[LazyQuestion]) -> None:
        """Collect the batches of earlier runs, submit the remaining questions, and collect them."""
        try:
            litellm = await asyncio.to_thread(load_litellm)
            self._api = BatchApi(litellm, self.settings)
            await self._adopt()
            if self.tally.stopped is not None:
                return
            async for lines, entries in self._chunks(questions):
                await self._submit(lines, entries)
                if self.tally.stopped is not None:
                    break
            await self._collect()
        except CallFailed as failed:
            self.tally.stopped = f"{failed}; its batches are left at work, run again"
        finally:
            self.run.report(self.settings, self.tally)

    async def _adopt(self) -> None:
        """Find the batches whose id was never recorded; delete those that were never submitted."""
        before = self.tally.answered, self.tally.failed
        for batch in self._batches.open():
            if batch.id is None and not batch.being_submitted:
                found = await self._find(batch.token)
                if found is None:
                    self._batches.finish(batch.token, {})
                else:
                    self._batches.record_id(batch.token, found)
        await self._collect()
        # answers of earlier runs' batches count as known, once their questions come up
        self.tally.answered, self.tally.failed = before

    async def _find(self, token: str) -> str | None:
        for search in range(SEARCHES_FOR_LOST):
            if search:
                await asyncio.sleep(self.settings.batch_poll_s)
            found = await self._retrying(partial(self._api.find, token))
            if found is not None:
                return found
        return None

    async def _chunks(
        self, questions: Iterator[LazyQuestion]
    ) -> AsyncIterator[tuple[dict[str, bytes], list[BatchEntry]]]:
        """Yield the questions without an answer, one file at a time."""
        lines: dict[str, bytes] = {}
        entries: list[BatchEntry] = []
        size = 0
        for make in questions:
            question, plain = self.account.choose(await asyncio.to_thread(make))
            self.tally.ask(question, plain)
            if self.account.find(question) is not None:
                self.tally.known += 1
                continue
            if question.key in lines:
                continue
            lines[question.key] = await asyncio.to_thread(self._api.line, question)
            entries.append(self._entry(question))
            size += len(lines[question.key])
            if len(lines) >= MOST_QUESTIONS or size >= MOST_BYTES:
                yield lines, entries
                lines, entries, size = {}, [], 0
        if lines:
            yield lines, entries

    def _entry(self, question: Question) -> BatchEntry:
        estimated = self.settings.charged.estimate(content_of(question, self.settings)).high_usd
        return BatchEntry(question.key, question.describe(), estimated * self._overrun)

    async def _submit(self, lines: dict[str, bytes], entries: list[BatchEntry]) -> None:
        token, account = uuid.uuid4().hex, self.account
        started = self._batches.begin(
            token, entries, account.budget, account.ceiling_usd, account.now()
        )
        if started.above_ceiling:
            largest = max(entry.usd for entry in entries)
            self.tally.stopped = account.describe_ceiling(self.settings, largest)
        if started.elsewhere:
            count = len(started.elsewhere)
            self.tally.stopped = f"another process is asking about {count} of the clips"
        self.tally.known += len(started.answered)
        if not started.included:
            return
        body = b"".join(lines[key] for key in started.included)
        try:
            self._batches.record_id(token, await self._api.submit(token, body))
        except CallFailed as failed:
            if failed.billed is False:  # otherwise it may be at work: the next run searches for it
                self._batches.finish(token, {})
            raise

    async def _collect(self) -> None:
        """Wait for every batch, and record what each brings."""
        while waiting := [batch for batch in self._batches.open() if batch.id is not None]:
            for batch in waiting:
                state = await self._retrying(partial(self._api.state, str(batch.id)))
                if state.status in ENDED:
                    await self._record(batch, state)
                    self.run.report(self.settings, self.tally)
            if any(batch.id is not None for batch in self._batches.open()):
                await asyncio.sleep(self.settings.batch_poll_s)

    async def _record(self, batch: OpenBatch, state: BatchState) -> None:
        results = await self._retrying(partial(self._api.results, state))
        missing = f"the batch has {state.status}" + (f": {state.message}" if state.message else "")
        questions = self._batches.questions(batch.token)
        answers = {
            key: self._answer(key, description, results.found.get(key, missing))
            for key, description in questions.items()
        }
        unread = {
            key
            for key in questions
            if _was_unread(results.found.get(key)) or (results.unread and key not in results.found)
        }
        overrun = self._batches.finish(batch.token, answers, billed=unread)
        if overrun > 1:
            self._overrun *= OVERRUN_MARGIN * overrun
            self.account.ledger.record_cost_overrun(self.settings.model.name, self._overrun)
        answered = sum(answer.status == ANSWERED for answer in answers.values())
        self.tally.answered += answered
        self.tally.failed += len(answers) - answered
        failures = [answer.error for answer in answers.values() if answer.error]
        self.tally.last_failure = failures[-1] if failures else self.tally.last_failure
        if state.status == "failed":
            self.tally.stopped = missing

    def _answer(self, key: str, description: str, result: BatchResult) -> RecordedAnswer:
        now = self.account.now()
        if isinstance(result, str):
            return RecordedAnswer(key, description, FAILED, error=result, answered_at=now)
        cost = None
        if result.prompt_tokens is not None and result.completion_tokens is not None:
            cost = self.settings.charged.cost(
                result.prompt_tokens, result.completion_tokens, result.sound_tokens
            )
        if was_aborted(result.finish):
            return RecordedAnswer(
                key, description, FAILED, error=UNREAD, cost_usd=cost, answered_at=now
            )
        return self.account.record(key, description, result, cost)

    async def _retrying(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return the result of a call, which is tried again if that may help."""
        for attempt in range(1, self.settings.tries + 1):
            try:
                return await call()
            except CallFailed as failed:
                if failed.kind in ("stop", "clip") or attempt == self.settings.tries:
                    raise
                wait_s = failed.wait_s or self.run.backoff_s(self.settings, attempt)
                await asyncio.sleep(wait_s)
        raise AssertionError("there is at least one try")


def _was_unread(result: BatchResult | None) -> bool:
    return result is not None and not isinstance(result, str) and was_aborted(result.finish)
