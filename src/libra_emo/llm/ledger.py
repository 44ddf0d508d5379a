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
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, Self

from libra_emo.errors import LibraEmoError
from libra_emo.llm.ledger_file import Presence, Writer, connect

NANO: Final = 1_000_000_000
KEYS_PER_QUERY: Final = 500
ANSWERED: Final = "answered"
FAILED: Final = "failed"


class LedgerError(LibraEmoError):
    """The ledger cannot be opened, or what is to be put into it is wrong."""


@dataclass(frozen=True)
class Answer:
    """What came back for one question.

    Attributes:
        key: The hash of what was asked.
        asked: What was asked, in words: model, prompt, parameters, hashes of frames and sound.
        status: `answered`, which is final, or `failed`, which is asked again.
        reply: The raw reply.
        finish: Why the provider says that it ended.
        error: What went wrong.
        prompt_tokens: Used by the question.
        completion_tokens: Used by the answer.
        cost_usd: By our price list and the usage that the provider returned.
        seconds: From the call that brought the answer.
        answered_at: ISO 8601 in UTC.
    """

    key: str
    asked: str
    status: Literal["answered", "failed"]
    reply: str | None = None
    finish: str | None = None
    error: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    seconds: float | None = None
    answered_at: str | None = None


class Claim(NamedTuple):
    """Whether a question may be asked now.

    Attributes:
        state: `yours`, `answered` (read it), `taken` (another call is asking it), or `ceiling`
            (the money does not suffice).
        reservation: Of the money, when it is yours.
    """

    state: Literal["yours", "answered", "taken", "ceiling"]
    reservation: int | None = None


class Money(NamedTuple):
    """A budget's state in US dollars: settled, reserved by calls in flight, and lost ones."""

    spent_usd: float
    in_flight_usd: float
    lost_usd: float

    @property
    def bound_usd(self) -> float:
        """What counts against the ceiling."""
        return self.spent_usd + self.in_flight_usd + self.lost_usd


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
            self._reading = connect(self.path)
            self._writer = Writer(connect(self.path))
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"{self.path}: cannot be opened as a ledger: {error}") from error
        self._presence = Presence(self.path.with_name(f".{self.path.name}.running"))
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
            for row in self._reading.execute(query, some):
                found[row["key"]] = _to_answer(row)
        return found

    def answers(self) -> Iterator[Answer]:
        """Return every answer that is final, sorted by key."""
        query = "SELECT * FROM answers WHERE status = ? ORDER BY key"
        yield from (_to_answer(row) for row in self._reading.execute(query, (ANSWERED,)))

    def claim(self, key: str, budget: str, usd: float, ceiling_usd: float) -> Future[Claim]:
        """Ask for the right to put a question, and reserve what it may cost at most.

        Args:
            key: The question.
            budget: Whose money it is.
            usd: What the call may cost.
            ceiling_usd: What the budget may spend in all, over every run that shares the ledger.
        """
        owner, alive = self._presence.owner, self._presence.is_alive

        def work(connection: sqlite3.Connection) -> Claim:
            row = connection.execute("SELECT status FROM answers WHERE key = ?", (key,)).fetchone()
            if row is not None and row["status"] == ANSWERED:
                return Claim("answered")
            query = "SELECT id, owner FROM reservations WHERE key = ? AND state = 'open'"
            other = connection.execute(query, (key,)).fetchone()
            if other is not None:
                if alive(other["owner"]):
                    return Claim("taken")
                _lose(connection, other["id"])
            if _bound(connection, budget) + _nano(usd) > _nano(ceiling_usd):
                return Claim("ceiling")
            insert = (
                "INSERT INTO reservations (key, budget, nanousd, owner, state)"
                " VALUES (?, ?, ?, ?, 'open')"
            )
            cursor = connection.execute(insert, (key, budget, _nano(usd), owner))
            return Claim("yours", cursor.lastrowid)

        return self._writer.submit(work)

    def settle(self, reservation: int, answer: Answer, billed: bool | None = True) -> Future[None]:
        """Write an answer down and settle what was reserved for it.

        Args:
            reservation: As claimed.
            answer: What came back, or how it failed.
            billed: Whether its `cost_usd` is spent; None where nobody knows, so that the
                reservation stays as lost.
        """

        def work(connection: sqlite3.Connection) -> None:
            query = "SELECT budget FROM reservations WHERE id = ?"
            budget = connection.execute(query, (reservation,)).fetchone()["budget"]
            _write(connection, answer, replace=True)
            if billed is None:
                _lose(connection, reservation)
                return
            connection.execute("DELETE FROM reservations WHERE id = ?", (reservation,))
            if billed and answer.cost_usd:
                _spend(connection, budget, _nano(answer.cost_usd))

        return self._writer.submit(work)

    def release(self, reservation: int, sent: bool) -> Future[None]:
        """Give a reservation back; as lost when the question was sent."""

        def work(connection: sqlite3.Connection) -> None:
            if sent:
                _lose(connection, reservation)
            else:
                connection.execute("DELETE FROM reservations WHERE id = ?", (reservation,))

        return self._writer.submit(work)

    def fail(self, answer: Answer) -> Future[None]:
        """Write down that a question failed; it is asked again next time."""

        def work(connection: sqlite3.Connection) -> None:
            _write(connection, answer, replace=False)

        return self._writer.submit(work)

    def add(self, answers: Iterable[Answer]) -> int:
        """Put recorded answers in, which cost this ledger nothing; return how many were new."""
        rows = list(answers)

        def work(connection: sqlite3.Connection) -> int:
            return sum(_write(connection, answer, replace=False) for answer in rows)

        added: int = self._writer.submit(work).result()
        return added

    def surprise(self, model: str) -> float:
        """Return how many times its estimate a call to a model has cost at most; 1 at least."""
        query = "SELECT ratio FROM surprises WHERE model = ?"
        row = self._reading.execute(query, (model,)).fetchone()
        return float(row["ratio"]) if row else 1.0

    def remember_surprise(self, model: str, ratio: float) -> Future[None]:
        """Remember that a call cost so many times its estimate, for every later reservation."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO surprises VALUES (?1, ?2)"
                " ON CONFLICT (model) DO UPDATE SET ratio = MAX(ratio, ?2)",
                (model, ratio),
            )

        return self._writer.submit(work)

    def money(self, budget: str) -> Money:
        """Return what a budget has spent and reserved."""
        query = "SELECT spent_nanousd FROM budgets WHERE name = ?"
        row = self._reading.execute(query, (budget,)).fetchone()
        reserved: dict[bool, int] = {True: 0, False: 0}
        query = "SELECT owner, state, nanousd FROM reservations WHERE budget = ?"
        for held in self._reading.execute(query, (budget,)).fetchall():
            running = held["state"] == "open" and self._presence.is_alive(held["owner"])
            reserved[running] += held["nanousd"]
        spent = row["spent_nanousd"] if row else 0
        return Money(spent / NANO, reserved[True] / NANO, reserved[False] / NANO)

    def close(self) -> None:
        """Finish what is being written; calls of ours still open count as lost."""
        if not self._open:
            return
        self._open = False
        owner = self._presence.owner
        self._writer.submit(
            lambda connection: connection.execute(
                "UPDATE reservations SET state = 'lost' WHERE owner = ? AND state = 'open'",
                (owner,),
            )
        )
        self._writer.close()
        self._reading.close()
        self._presence.close()


def _nano(usd: float) -> int:
    return min(round(usd * NANO), 2**62)


def _bound(connection: sqlite3.Connection, budget: str) -> int:
    query = (
        "SELECT COALESCE((SELECT spent_nanousd FROM budgets WHERE name = ?1), 0)"
        " + COALESCE((SELECT SUM(nanousd) FROM reservations WHERE budget = ?1), 0)"
    )
    bound: int = connection.execute(query, (budget,)).fetchone()[0]
    return bound


def _spend(connection: sqlite3.Connection, budget: str, nanousd: int) -> None:
    connection.execute(
        "INSERT INTO budgets VALUES (?1, ?2)"
        " ON CONFLICT (name) DO UPDATE SET spent_nanousd = spent_nanousd + ?2",
        (budget, nanousd),
    )


def _lose(connection: sqlite3.Connection, reservation: int) -> None:
    connection.execute("UPDATE reservations SET state = 'lost' WHERE id = ?", (reservation,))


def _write(connection: sqlite3.Connection, answer: Answer, replace: bool) -> int:
    """Write an answer unless a final one is there; return how many rows changed."""
    names = (
        "key, asked, status, reply, finish, error, prompt_tokens, completion_tokens,"
        " cost_nanousd, seconds, answered_at"
    )
    cost = None if answer.cost_usd is None else _nano(answer.cost_usd)
    values = (
        answer.key,
        answer.asked,
        answer.status,
        answer.reply,
        answer.finish,
        answer.error,
        answer.prompt_tokens,
        answer.completion_tokens,
        cost,
        answer.seconds,
        answer.answered_at,
    )
    verb = "REPLACE" if replace else "INSERT OR IGNORE"
    statement = f"{verb} INTO answers ({names}) VALUES ({','.join('?' * len(values))})"
    if not replace:
        connection.execute("DELETE FROM answers WHERE key = ? AND status = ?", (answer.key, FAILED))
    return connection.execute(statement, values).rowcount


def _to_answer(row: sqlite3.Row) -> Answer:
    fields: dict[str, Any] = dict(row)
    cost = fields.pop("cost_nanousd")
    return Answer(**fields, cost_usd=None if cost is None else cost / NANO)
