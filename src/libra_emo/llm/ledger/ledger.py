"""The ledger of answers: each is written down before it is used, and none is paid for twice.

One row an answer, under a key that hashes what was asked. Money is reserved before a call and
settled by what the provider says it used, both in one SQLite file that several processes share: a
ceiling holds with any number of calls in flight. A call whose end is not known (its process was
killed, the line was cut) keeps its reservation as lost, for the provider may have billed it.
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
from libra_emo.llm.ledger.answers import ANSWERED, FAILED, Answer, to_answer, write_answer
from libra_emo.llm.ledger.liveness import Presence
from libra_emo.llm.ledger.money import Hold, Money
from libra_emo.llm.ledger.schema import connect
from libra_emo.llm.ledger.writer import Writer

__all__ = ["ANSWERED", "FAILED", "Answer", "Claim", "Hold", "Ledger", "LedgerError", "Money"]

KEYS_PER_QUERY: Final = 500


class LedgerError(LibraEmoError):
    """The ledger cannot be opened, or what is to be put into it is wrong."""


class Claim(NamedTuple):
    """Whether a question may be asked now.

    Attributes:
        state: `yours`, `answered` (read it), `taken` (another call is asking it), `wait` (the
            money may suffice once calls in flight have settled), or `ceiling` (it does not).
        reservation: Of the money, when it is yours.
    """

    state: Literal["yours", "answered", "taken", "wait", "ceiling"]
    reservation: int | None = None


class Ledger:
    """An open ledger.

    Args:
        path: Its SQLite file, made when missing.

    Raises:
        LedgerError: If the file is none of ours or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        try:
            self.reading = connect(self.path)
            self.writer = Writer(connect(self.path))
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"{self.path}: cannot be opened as a ledger: {error}") from error
        self.presence = Presence(self.path.with_name(f".{self.path.name}.running"))
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

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers that are there, by key."""
        wanted = sorted(set(keys))
        found: dict[str, Answer] = {}
        for start in range(0, len(wanted), KEYS_PER_QUERY):
            some = wanted[start : start + KEYS_PER_QUERY]
            marks = ",".join("?" * len(some))
            query = f"SELECT * FROM answers WHERE key IN ({marks})"  # noqa: S608 - marks only
            for row in self.reading.execute(query, some):
                found[row["key"]] = to_answer(row)
        return found

    def answers(self) -> Iterator[Answer]:
        """Return every answer that is final, sorted by key."""
        query = "SELECT * FROM answers WHERE status = ? ORDER BY key"
        yield from (to_answer(row) for row in self.reading.execute(query, (ANSWERED,)))

    def claim(self, key: str, budget: str, hold: Hold, ceiling_usd: float) -> Future[Claim]:
        """Ask for the right to put a question, and reserve what it may cost at most.

        Args:
            key: The question.
            budget: Whose money it is.
            hold: What the call may cost.
            ceiling_usd: What the budget may spend in all, over every run that shares the ledger.
        """
        owner, alive = self.presence.owner, self.presence.is_alive

        def work(connection: sqlite3.Connection) -> Claim:
            row = connection.execute("SELECT status FROM answers WHERE key = ?", (key,)).fetchone()
            if row is not None and row["status"] == ANSWERED:
                return Claim("answered")
            query = "SELECT id, owner FROM reservations WHERE key = ? AND state = 'open'"
            other = connection.execute(query, (key,)).fetchone()
            if other is not None:
                if alive(other["owner"]):
                    return Claim("taken")
                money.lose(connection, other["id"])
            held = money.reserve(connection, key, budget, hold, ceiling_usd, owner, alive)
            if held.number is None:
                return Claim("wait" if held.wait else "ceiling")
            return Claim("yours", held.number)

        return self.writer.submit(work, durable=False)

    def settle(self, reservation: int, answer: Answer, billed: bool | None = True) -> Future[None]:
        """Write an answer down and settle what was reserved for it.

        Args:
            reservation: As claimed.
            answer: What came back, or how it failed.
            billed: Whether its `cost_usd` is spent; None where nobody knows, so that the
                reservation stays as lost.
        """

        def work(connection: sqlite3.Connection) -> None:
            write_answer(connection, answer, replace=True)
            if billed is None:
                money.lose(connection, reservation)
            else:
                money.spend(connection, reservation, (answer.cost_usd or 0.0) if billed else 0.0)

        return self.writer.submit(work)

    def release(self, reservation: int, sent: bool) -> Future[None]:
        """Give a reservation back; as lost when the question was sent."""
        change = money.lose if sent else money.free
        return self.writer.submit(lambda c: change(c, reservation), durable=sent)

    def fail(self, answer: Answer) -> Future[int]:
        """Write down that a question failed; it is asked again next time."""
        return self.writer.submit(lambda connection: write_answer(connection, answer, False))

    def add(self, answers: Iterable[Answer]) -> int:
        """Put recorded answers in, which cost this ledger nothing; return how many were new."""
        rows = list(answers)

        def work(connection: sqlite3.Connection) -> int:
            return sum(write_answer(connection, answer, replace=False) for answer in rows)

        added: int = self.writer.submit(work).result()
        return added

    def surprise(self, model: str) -> float | None:
        """Return how many times its estimate a call cost at most; None before the first answer."""
        return money.read_surprise(self.reading, model)

    def remember_surprise(self, model: str, ratio: float) -> Future[None]:
        """Remember that a call cost so many times its estimate, for every later reservation."""
        return self.writer.submit(lambda c: money.write_surprise(c, model, ratio))

    def money(self, budget: str) -> Money:
        """Return what a budget has spent and reserved."""
        return money.read_money(self.reading, budget, self.presence.is_alive)

    def close(self) -> None:
        """Finish what is being written; calls of ours still open count as lost."""
        if not self._open:
            return
        self._open = False
        owner = self.presence.owner
        self.writer.submit(lambda connection: money.lose_all(connection, owner))
        self.writer.close()
        self.reading.close()
        self.presence.close()
