"""Asking many questions at once: politely, within the money, and never twice for the same.

Each voter has its calls at once, its tries and its pace; all share the ledger and the budget. The
first call of a voter goes alone, so that a wrong key costs one call and not one for each that could
be in flight. A voter that cannot go on stops alone; what was answered stays in the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

import numpy as np

from libra_emo.llm.client.batch_worker import BatchVoter
from libra_emo.llm.client.calls import Returned
from libra_emo.llm.client.processes import CallerProcesses
from libra_emo.llm.client.rate_limit import Pace
from libra_emo.llm.client.settings import Asking, Maker, Tally, Tell, share_paces
from libra_emo.llm.client.transports import OwnCalls
from libra_emo.llm.client.worker import Voter
from libra_emo.llm.ledger.ledger import Answer, Claim, Hold, Ledger
from libra_emo.llm.request.question import Question

PREPARED_AHEAD: Final = 4
"""Questions of a voter that are made ready beside those in flight."""
LONGEST_BACKOFF_S: Final = 60.0
TAKEN_S: Final = 0.3
"""How often to look whether another process has its answer."""

Voters = Sequence[tuple[Asking, Iterable[Maker]]]


class Client:
    """Asks questions for several voters that share a ledger and a budget.

    Args:
        ledger: Where answers are kept.
        budget: Whose money it is.
        ceiling_usd: What the budget may spend in all runs together.
        now: Returns the time, ISO 8601 in UTC.
        seed: Of the jitter in waiting.
        tell: Called after each question with the voter's name, tally and money.
        recorded_only: Whether nobody may be asked.
        processes: That make the calls: 1 for this one alone.
        strict_ceiling: Whether each call holds as much as its model can read at all, so that no
            bill whatever passes the ceiling.
    """

    def __init__(
        self,
        ledger: Ledger,
        budget: str,
        ceiling_usd: float,
        now: Callable[[], str],
        seed: int = 0,
        tell: Tell = lambda name, tally, money: None,
        recorded_only: bool = False,
        processes: int = 1,
        strict_ceiling: bool = True,
    ) -> None:
        self.ledger = ledger
        self.budget = budget
        self.ceiling_usd = ceiling_usd
        self.recorded_only = recorded_only
        self.strict_ceiling = strict_ceiling
        self.caller = OwnCalls() if processes == 1 else CallerProcesses(processes)
        self.now = now
        self._jitter = np.random.default_rng(seed)
        self._tell = tell
        self.closing = False

    def ask(self, voters: Voters) -> dict[str, Tally]:
        """Put each voter's questions, all voters at the same time; return their tallies.

        Ctrl-C ends it within two seconds: calls in flight may answer a little longer, and what
        they bring is kept.

        Raises:
            LibraEmoError: If a clip's pictures or sound cannot be read.
        """
        return asyncio.run(self._ask(voters))

    async def _ask(self, voters: Voters) -> dict[str, Tally]:
        self._settled = asyncio.Event()
        paces = share_paces(asking for asking, _ in voters)
        tallies = {asking.name: Tally() for asking, _ in voters}
        try:
            async with self.caller, asyncio.TaskGroup() as group:
                for asking, makers in voters:
                    tally, pace = tallies[asking.name], paces[asking.model.provider]
                    shared = iter(makers)
                    if asking.batch and not self.recorded_only:
                        group.create_task(self._ask_in_batches(asking, shared, tally, pace))
                        continue
                    voter = Voter(self, asking, tally, pace)
                    for _ in range(asking.calls_at_once + PREPARED_AHEAD):
                        group.create_task(voter.work(shared))
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        return tallies

    async def _ask_in_batches(
        self, asking: Asking, makers: Iterator[Maker], tally: Tally, pace: Pace
    ) -> None:
        """Ask one question as usual where nobody knows yet how the model counts, then the rest."""
        if asking.price.context_tokens and self.ledger.surprise(asking.model.name) is None:
            voter = Voter(self, replace(asking, batch=False), tally, pace)
            await voter.work(makers, only_first=True)
        if tally.stopped is None:
            await BatchVoter(self, asking, tally).work(makers)

    def backoff_s(self, asking: Asking, attempt: int) -> float:
        """Return how long to wait after so many tries: twice as long as before, with jitter."""
        doubled = asking.first_wait_s * 2.0 ** (attempt - 1)
        return min(LONGEST_BACKOFF_S, doubled) * float(self._jitter.uniform(0.5, 1.0))

    async def claim(self, asking: Asking, key: str, hold: Hold, tally: Tally) -> int | None:
        """Return the reservation for a question; None when it need not or must not be asked."""
        while tally.stopped is None:
            future = self.ledger.claim(key, self.budget, hold, self.ceiling_usd)
            try:
                claim = await asyncio.shield(asyncio.wrap_future(future))
            except asyncio.CancelledError:
                future.add_done_callback(self._give_back)
                raise
            if claim.state == "yours":
                return claim.reservation
            if claim.state == "answered":
                tally.known += 1
                return None
            if claim.state == "taken":
                await asyncio.sleep(TAKEN_S)
            elif claim.state == "ceiling":
                tally.stopped = self.ceiling_told(asking, hold.usd)
            else:
                self._settled.clear()
                await _wait_for(self._settled, 1.0)
        return None

    async def settle(self, reservation: int, answer: Answer, billed: bool) -> None:
        """Write down an answer and what it cost; done even if the caller is cancelled."""
        future = self.ledger.settle(reservation, answer, billed)
        await asyncio.shield(asyncio.wrap_future(future))
        self._settled.set()

    async def release(self, reservation: int, sent: bool) -> None:
        """Give a reservation back."""
        future = self.ledger.release(reservation, sent)
        await asyncio.shield(asyncio.wrap_future(future))
        self._settled.set()

    def told(self, asking: Asking, tally: Tally) -> None:
        """Tell how far a voter is."""
        self._tell(asking.name, tally, self.ledger.money(self.budget))

    def _give_back(self, future: Future[Claim]) -> None:
        """Release what was claimed for a question that is not put any more."""
        reservation = future.result().reservation
        if reservation is not None:
            self.ledger.release(reservation, sent=False)

    def ceiling_told(self, asking: Asking, usd: float) -> str:
        """Return the line that says why the money does not suffice."""
        money = self.ledger.money(self.budget)
        lost = f", {money.lost_usd:.4f} in calls whose end is not known" if money.lost_usd else ""
        first = self.ledger.surprise(asking.model.name) is None
        bound = asking.price.context_tokens and (self.strict_ceiling or first)
        why = " (as much as the model can read)" if bound else ""
        return (
            f"{self.budget}.max_cost_usd is {self.ceiling_usd:g}: {money.spent_usd:.4f} spent"
            f"{lost}, and the next call of {asking.name!r} may cost {usd:.4f}{why}"
        )

    def answer(self, question: Question, returned: Returned, cost_usd: float) -> Answer:
        """Return the row of the ledger for what came back."""
        return Answer(
            key=question.key,
            asked=question.asked(),
            status="answered",
            reply=returned.reply,
            finish=returned.finish,
            prompt_tokens=returned.prompt_tokens,
            completion_tokens=returned.completion_tokens,
            cost_usd=cost_usd,
            seconds=round(returned.seconds, 3),
            answered_at=self.now(),
        )

    def failure(self, question: Question, told: str) -> Answer:
        """Return the row of the ledger for a question that failed."""
        return Answer(question.key, question.asked(), "failed", error=told, answered_at=self.now())


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
