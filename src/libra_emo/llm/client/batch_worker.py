"""One voter that asks through its provider's batch interface: half the price, up to a day's wait.

What a batch holds is in the ledger before the provider is told. A run that is ended, however that
happens, leaves its batches at work; the next one finds them, waits for them, and submits only what
no batch holds.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from libra_emo.llm.client.batch_api import ENDED, BatchFiles, BatchState, Result
from libra_emo.llm.client.calls import load_litellm
from libra_emo.llm.client.failures import CallFailed
from libra_emo.llm.client.settings import SURPRISE_MARGIN, Asking, Maker, Tally, content_of
from libra_emo.llm.ledger.batches import Batches, Entry, OpenBatch
from libra_emo.llm.ledger.ledger import ANSWERED, FAILED, Answer
from libra_emo.llm.request.question import Question

if TYPE_CHECKING:
    from libra_emo.llm.client.account import Client

MOST_BYTES: Final = 100_000_000
"""Of one file; OpenAI takes 200 MB."""
MOST_QUESTIONS: Final = 20_000
"""Of one file; OpenAI takes 50,000."""
LOOKS_FOR_LOST: Final = 2
T = TypeVar("T")


class BatchVoter:
    """Puts a voter's questions in batches, and waits for them.

    Args:
        client: Whose ledger and money it is.
        asking: How it asks.
        tally: How far it has come.
    """

    def __init__(self, client: Client, asking: Asking, tally: Tally) -> None:
        self.client = client
        self.asking = asking
        self.tally = tally
        who = json.dumps([asking.model.name, asking.model.served_as or asking.model.api_base])
        self._batches = Batches(client.ledger, who)
        self._surprise = client.ledger.surprise(asking.model.name) or 1.0
        self._files: BatchFiles

    async def work(self, makers: Iterator[Maker]) -> None:
        """Collect what was left at work, submit the rest, and collect that."""
        try:
            litellm = await asyncio.to_thread(load_litellm)
            self._files = BatchFiles(litellm, self.asking)
            await self._adopt()
            if self.tally.stopped is not None:
                return
            async for lines, entries in self._chunks(makers):
                await self._submit(lines, entries)
                if self.tally.stopped is not None:
                    break
            await self._collect()
        except CallFailed as failed:
            self.tally.stopped = f"{failed}; its batches are left at work, run again"
        finally:
            self.client.told(self.asking, self.tally)

    async def _adopt(self) -> None:
        """Find the batches whose id was never written down; forget those never submitted."""
        before = self.tally.answered, self.tally.failed
        for batch in self._batches.open():
            if batch.id is None and not batch.being_submitted:
                found = await self._find(batch.token)
                if found is None:
                    self._batches.end(batch.token, {})
                else:
                    self._batches.name(batch.token, found)
        await self._collect()
        self.tally.answered, self.tally.failed = before  # what they brought is known from now on

    async def _find(self, token: str) -> str | None:
        for look in range(LOOKS_FOR_LOST):
            if look:
                await asyncio.sleep(self.asking.batch_poll_s)
            found = await self._patiently(partial(self._files.find, token))
            if found is not None:
                return found
        return None

    async def _chunks(
        self, makers: Iterator[Maker]
    ) -> AsyncIterator[tuple[dict[str, bytes], list[Entry]]]:
        """Give the questions that nobody has answered, a file at a time."""
        lines: dict[str, bytes] = {}
        entries: list[Entry] = []
        size = 0
        for make in makers:
            question = await asyncio.to_thread(make)
            self.tally.keys[question.clip_id] = question.key
            known = self.client.ledger.find([question.key]).get(question.key)
            if known is not None and known.status == ANSWERED:
                self.tally.known += 1
                continue
            if question.key in lines:
                continue
            lines[question.key] = await asyncio.to_thread(self._files.line, question)
            entries.append(self._entry(question))
            size += len(lines[question.key])
            if len(lines) >= MOST_QUESTIONS or size >= MOST_BYTES:
                yield lines, entries
                lines, entries, size = {}, [], 0
        if lines:
            yield lines, entries

    def _entry(self, question: Question) -> Entry:
        estimated = self.asking.charged.estimate(content_of(question, self.asking)).high_usd
        return Entry(question.key, question.asked(), estimated * self._surprise)

    async def _submit(self, lines: dict[str, bytes], entries: list[Entry]) -> None:
        token, client = uuid.uuid4().hex, self.client
        begun = self._batches.begin(token, entries, client.budget, client.ceiling_usd, client.now())
        if begun.above_ceiling:
            dearest = max(entry.usd for entry in entries)
            self.tally.stopped = client.ceiling_told(self.asking, dearest)
        if begun.elsewhere:
            self.tally.stopped = f"{len(begun.elsewhere)} clips are being asked about elsewhere"
        self.tally.known += len(begun.answered)
        if not begun.taken_in:
            return
        body = b"".join(lines[key] for key in begun.taken_in)
        try:
            self._batches.name(token, await self._files.submit(token, body))
        except CallFailed as failed:
            if failed.billed is False:  # else it may be at work: the next run looks for it
                self._batches.end(token, {})
            raise

    async def _collect(self) -> None:
        """Wait for every batch, and write down what each brings."""
        while waiting := [one for one in self._batches.open() if one.id is not None]:
            for batch in waiting:
                state = await self._patiently(partial(self._files.look, str(batch.id)))
                if state.status in ENDED:
                    await self._write(batch, state)
                    self.client.told(self.asking, self.tally)
            if any(one.id is not None for one in self._batches.open()):
                await asyncio.sleep(self.asking.batch_poll_s)

    async def _write(self, batch: OpenBatch, state: BatchState) -> None:
        results = await self._patiently(partial(self._files.results, state))
        missing = f"the batch has {state.status}" + (f": {state.told}" if state.told else "")
        answers = {
            key: self._answer(key, asked, results.get(key, missing))
            for key, asked in self._batches.asked(batch.token).items()
        }
        dearer = self._batches.end(batch.token, answers)
        if dearer > 1:
            self._surprise *= SURPRISE_MARGIN * dearer
            self.client.ledger.remember_surprise(self.asking.model.name, self._surprise)
        answered = sum(answer.status == ANSWERED for answer in answers.values())
        self.tally.answered += answered
        self.tally.failed += len(answers) - answered
        if state.status == "failed":
            self.tally.stopped = missing

    def _answer(self, key: str, asked: str, result: Result) -> Answer:
        if isinstance(result, str):
            return Answer(key, asked, FAILED, error=result, answered_at=self.client.now())
        sent, came = result.prompt_tokens, result.completion_tokens
        cost = None
        if sent is not None and came is not None:
            cost = self.asking.charged.cost(sent, came, result.sound_tokens)
        return Answer(
            key=key,
            asked=asked,
            status=ANSWERED,
            reply=result.reply,
            finish=result.finish,
            prompt_tokens=sent,
            completion_tokens=came,
            cost_usd=cost,
            answered_at=self.client.now(),
        )

    async def _patiently(self, do: Callable[[], Awaitable[T]]) -> T:
        """Return what a call gives, tried again where that may help."""
        for attempt in range(1, self.asking.tries + 1):
            try:
                return await do()
            except CallFailed as failed:
                if failed.trouble in ("stop", "clip") or attempt == self.asking.tries:
                    raise
                await asyncio.sleep(failed.wait_s or self.client.backoff_s(self.asking, attempt))
        raise AssertionError("there is at least one try")
