"""The ledger of answers: each is written down before it is used, and none is paid for twice.

There is one row for each answer, under a key that is the digest of the question. Money is reserved
before a call and settled by the usage that the provider returns, both in one database that several
processes share, so that a ceiling holds with any number of calls in flight. The database is an
SQLite file, or in PostgreSQL for callers on several machines. A call whose end is not known (its
process was killed, the connection was cut) keeps its reservation as lost: the provider may have
billed it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, Self

from libra_emo.llm.ledger import money, unsaved
from libra_emo.llm.ledger.answers import (
    ANSWERED,
    FAILED,
    RecordedAnswer,
    read_answer,
    write_answer,
)
from libra_emo.llm.ledger.connection import Connection
from libra_emo.llm.ledger.errors import LedgerError
from libra_emo.llm.ledger.money import Hold, Money
from libra_emo.llm.ledger.postgres.database import PostgresDatabase
from libra_emo.llm.ledger.sqlite_file import SqliteFile
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
_BRING_BACK: Final = "; `kedro replay-answers` brings them back"


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
        url: URL of a PostgreSQL database that keeps the ledger instead, for callers on several
            machines. What one of them could not write is still kept beside `path`.

    Attributes:
        path: The path that was given.
        name: What messages call the ledger.

    Raises:
        LedgerError: If it is no ledger or cannot be opened.
    """

    def __init__(self, path: Path, url: str | None = None) -> None:
        self.path = Path(path)
        choice = PostgresDatabase(url, self.path) if url else SqliteFile(self.path)
        self._database: SqliteFile | PostgresDatabase = choice
        self.name = self._database.name
        self._spare = unsaved.Spare(self.path)
        self.reading: Connection
        self.reading, writing = self._database.open()
        self._changes = writing.total_changes
        self.owners = self._database.owners(self.reading, writing)
        self.writer = Writer(writing, self._database.begin, self._explain, self._spare.give_back)
        self._open = True
        self._restore_unsaved()

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
            for row in self.read(query, some):
                found[row["key"]] = read_answer(row)
        return found

    def answers(self) -> Iterator[RecordedAnswer]:
        """Yield every answer that is final, sorted by key."""
        query = "SELECT * FROM answers WHERE status = ? AND key > ? ORDER BY key LIMIT ?"
        last = ""
        while rows := self.read(query, (ANSWERED, last, KEYS_PER_QUERY)):
            yield from map(read_answer, rows)
            last = rows[-1]["key"]

    def read(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return the rows of a query.

        Raises:
            LedgerError: If the ledger cannot be read.
        """
        try:
            return self.reading.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def claim(self, key: str, budget: str, hold: Hold, ceiling_usd: float) -> Future[Claim]:
        """Claim a question and reserve the largest cost of its call.

        Args:
            key: Key of the question.
            budget: Budget that pays.
            hold: Money to be reserved.
            ceiling_usd: What the budget may spend in all runs that share the ledger.
        """
        owner, alive = self.owners.owner, self.owners.is_alive
        self._spare.take()

        def work(connection: Connection) -> Claim:
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

        The future raises LedgerError if the answer cannot be written; it is then in a file beside
        the ledger, which the next run reads.
        """

        def work(connection: Connection) -> None:
            _settle(connection, reservation, answer, billed)

        settled: Future[None] = Future()
        item = unsaved.Unsaved(reservation, answer, billed)
        written = self.writer.submit(work)
        written.add_done_callback(lambda done: self._keep_unsaved(done, item, settled))
        return settled

    def _keep_unsaved(
        self, done: Future[None], item: unsaved.Unsaved, settled: Future[None]
    ) -> None:
        """Pass on how the writing of an answer ended, and keep the answer if it failed."""
        error = done.exception()
        if isinstance(error, LedgerError):
            file = unsaved.keep(self.path, [item])
            where = f"are kept in {file}" if file else "could be written nowhere: they are lost"
            hint = "" if file in (None, unsaved.file_beside(self.path)) else _BRING_BACK
            error = LedgerError(f"{error}. Answers that were paid for {where}{hint}")
        if error is None:
            settled.set_result(None)
        else:
            settled.set_exception(error)

    def _restore_unsaved(self) -> None:
        """Write the answers that an earlier run could not write."""
        for path in sorted(self.path.parent.glob(f"{unsaved.file_beside(self.path).name}*")):
            taken = path.with_name(f"{path.name}.{self.owners.owner}")
            try:
                path.rename(taken)
                items = unsaved.read_kept(taken)
            except FileNotFoundError:  # another process restores them
                continue

            def work(connection: Connection, items: list[unsaved.Unsaved] = items) -> None:
                for item in items:
                    _settle(connection, *item)

            self.writer.submit(work).result()
            taken.unlink(missing_ok=True)

    def release(self, reservation: int, sent: bool) -> Future[None]:
        """Release a reservation; it stays as lost if the question was sent."""
        change = money.mark_lost if sent else money.free
        return self.writer.submit(lambda c: change(c, reservation), durable=sent)

    def fail(self, answer: RecordedAnswer) -> Future[int]:
        """Record that a question failed; the next run asks it again."""
        return self.writer.submit(lambda connection: write_answer(connection, answer, False))

    def _explain(self, error: sqlite3.Error) -> LedgerError:
        return self._database.explain(error)

    def add(self, answers: Iterable[RecordedAnswer]) -> int:
        """Add answers of a recording, which cost this ledger nothing; return how many were new."""
        rows = list(answers)

        def work(connection: Connection) -> int:
            return sum(write_answer(connection, answer, replace=False) for answer in rows)

        added: int = self.writer.submit(work).result()
        return added

    def cost_overrun(self, model: str) -> float | None:
        """Return the largest ratio of cost to estimate of a model's calls; None before the first.

        Providers count tokens in ways of their own, so only the answers of a model show how far
        the estimate is wrong.
        """
        try:
            return money.read_cost_overrun(self.reading, model)
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def record_cost_overrun(self, model: str, ratio: float) -> Future[None]:
        """Record such a ratio for every later reservation."""
        return self.writer.submit(lambda c: money.write_cost_overrun(c, model, ratio))

    def is_plain(self, model: str) -> bool:
        """Return whether a model, with its server, takes no schema of the reply."""
        return bool(self.read("SELECT 1 FROM plain_models WHERE model = ?", (model,)))

    def record_plain(self, model: str) -> Future[None]:
        """Record that a model, with its server, takes no schema of the reply."""
        insert = "INSERT OR IGNORE INTO plain_models VALUES (?)"
        return self.writer.submit(lambda connection: connection.execute(insert, (model,)))

    def money(self, budget: str) -> Money:
        """Return what a budget has spent, reserved and lost."""
        try:
            return money.read_money(self.reading, budget, self.owners.is_alive)
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def close(self) -> None:
        """Finish pending writes; open reservations of this process become lost."""
        if not self._open:
            return
        self._open = False
        owner = self.owners.owner
        self.writer.submit(lambda connection: money.mark_all_lost(connection, owner))
        changes = self.writer.submit(lambda connection: connection.total_changes)
        self.writer.close()
        if changes.exception() is None and changes.result() > self._changes:
            self._database.keep_copy(self.reading)
        self.reading.close()
        self._database.closed()
        self.owners.close()
        self._spare.give_back()


def _settle(
    connection: Connection, reservation: int, answer: RecordedAnswer, billed: bool | None
) -> None:
    write_answer(connection, answer, replace=True)
    if billed is None:
        money.mark_lost(connection, reservation)
    else:
        money.spend(connection, reservation, (answer.cost_usd or 0.0) if billed else 0.0)
