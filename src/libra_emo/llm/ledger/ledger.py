"""The ledger of answers: each is written down before it is used, and none is paid for twice.

There is one row for each answer, under a key that is the digest of the question. Money is reserved
before a call and settled by the usage that the provider returns, both in one SQLite file that
several processes share, so that a ceiling holds with any number of calls in flight. A call whose
end is not known (its process was killed, the connection was cut) keeps its reservation as lost:
the provider may have billed it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NamedTuple, Self

from libra_emo.errors import LibraEmoError
from libra_emo.llm.ledger import money
from libra_emo.llm.ledger.answers import (
    ANSWERED,
    FAILED,
    RecordedAnswer,
    read_answer,
    write_answer,
)
from libra_emo.llm.ledger.liveness import OwnerLocks
from libra_emo.llm.ledger.money import Hold, Money
from libra_emo.llm.ledger.schema import connect
from libra_emo.llm.ledger.writer import Writer

__all__ = [
    "ANSWERED",
    "FAILED",
    "Claim",
    "Hold",
    "Ledger",
    "LedgerError",
    "Money",
    "RecordedAnswer",
]

KEYS_PER_QUERY: Final = 500


class LedgerError(LibraEmoError):
    """The ledger cannot be opened, or an answer that is to be added is wrong."""


class Claim(NamedTuple):
    """Outcome of a claim: whether a question may be asked now.

    Attributes:
        state: `granted`, `answered` (read the answer), `taken` (another call is asking the
            question), `wait` (the money may suffice once calls in flight have settled), or
            `ceiling` (it does not).
        reservation: Number of the reservation, if the claim is granted.
    """

    state: Literal["granted", "answered", "taken", "wait", "ceiling"]
    reservation: int | None = None


class Ledger:
    """An open ledger.

    Args:
        path: SQLite file of the ledger; it is made when it is missing.

    Raises:
        LedgerError: If the file is no ledger or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        try:
            self.reading = connect(self.path)
            self.writer = Writer(connect(self.path))
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"{self.path}: cannot be opened as a ledger: {error}") from error
        self.owners = OwnerLocks(self.path.with_name(f".{self.path.name}.running"))
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def find(self, keys: Iterable[str]) -> dict[str, RecordedAnswer]:
        """Return the recorded answers among some keys, by key."""
        wanted = sorted(set(keys))
        found: dict[str, RecordedAnswer] = {}
        for start in range(0, len(wanted), KEYS_PER_QUERY):
            some = wanted[start : start + KEYS_PER_QUERY]
            marks = ",".join("?" * len(some))
            query = f"SELECT * FROM answers WHERE key IN ({marks})"  # noqa: S608 - marks only
            for row in self.reading.execute(query, some):
                found[row["key"]] = read_answer(row)
        return found

    def answers(self) -> Iterator[RecordedAnswer]:
        """Yield every answer that is final, sorted by key."""
        query = "SELECT * FROM answers WHERE status = ? ORDER BY key"
        yield from (read_answer(row) for row in self.reading.execute(query, (ANSWERED,)))

    def claim(self, key: str, budget: str, hold: Hold, ceiling_usd: float) -> Future[Claim]:
        """Claim a question and reserve the largest cost of its call.

        Args:
            key: Key of the question.
            budget: Budget that pays.
            hold: Money to be reserved.
            ceiling_usd: What the budget may spend in all runs that share the ledger.
        """
        owner, alive = self.owners.owner, self.owners.is_alive

        def work(connection: sqlite3.Connection) -> Claim:
            row = connection.execute("SELECT status FROM answers WHERE key = ?", (key,)).fetchone()
            if row is not None and row["status"] == ANSWERED:
                return Claim("answered")
            query = "SELECT id, owner FROM reservations WHERE key = ? AND state = 'open'"
            other = connection.execute(query, (key,)).fetchone()
            if other is not None:
                if alive(other["owner"]):
                    return Claim("taken")
                money.mark_lost(connection, other["id"])
            reserved = money.reserve(connection, key, budget, hold, ceiling_usd, owner, alive)
            if reserved.number is None:
                return Claim("wait" if reserved.wait else "ceiling")
            return Claim("granted", reserved.number)

        return self.writer.submit(work, durable=False)

    def settle(
        self, reservation: int, answer: RecordedAnswer, billed: bool | None = True
    ) -> Future[None]:
        """Record an answer and settle its reservation.

        Args:
            reservation: Number of the reservation.
            answer: The answer, or how the question failed.
            billed: Whether its `cost_usd` is spent; None if that is not known, so that the
                reservation stays as lost.
        """

        def work(connection: sqlite3.Connection) -> None:
            write_answer(connection, answer, replace=True)
            if billed is None:
                money.mark_lost(connection, reservation)
            else:
                money.spend(connection, reservation, (answer.cost_usd or 0.0) if billed else 0.0)

        return self.writer.submit(work)

    def release(self, reservation: int, sent: bool) -> Future[None]:
        """Release a reservation; it stays as lost if the question was sent."""
        change = money.mark_lost if sent else money.free
        return self.writer.submit(lambda c: change(c, reservation), durable=sent)

    def fail(self, answer: RecordedAnswer) -> Future[int]:
        """Record that a question failed; the next run asks it again."""
        return self.writer.submit(lambda connection: write_answer(connection, answer, False))

    def add(self, answers: Iterable[RecordedAnswer]) -> int:
        """Add answers of a recording, which cost this ledger nothing; return how many were new."""
        rows = list(answers)

        def work(connection: sqlite3.Connection) -> int:
            return sum(write_answer(connection, answer, replace=False) for answer in rows)

        added: int = self.writer.submit(work).result()
        return added

    def cost_overrun(self, model: str) -> float | None:
        """Return the largest ratio of cost to estimate of a model's calls; None before the first.

        Providers count tokens in ways of their own, so only the answers of a model show how far
        the estimate is wrong.
        """
        return money.read_cost_overrun(self.reading, model)

    def record_cost_overrun(self, model: str, ratio: float) -> Future[None]:
        """Record such a ratio for every later reservation."""
        return self.writer.submit(lambda c: money.write_cost_overrun(c, model, ratio))

    def money(self, budget: str) -> Money:
        """Return what a budget has spent, reserved and lost."""
        return money.read_money(self.reading, budget, self.owners.is_alive)

    def close(self) -> None:
        """Finish pending writes; open reservations of this process become lost."""
        if not self._open:
            return
        self._open = False
        owner = self.owners.owner
        self.writer.submit(lambda connection: money.mark_all_lost(connection, owner))
        self.writer.close()
        self.reading.close()
        self.owners.close()
