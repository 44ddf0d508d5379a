"""Batches in the ledger: which questions each has, recorded before it is submitted.

A batch is recorded under a token of ours, with its questions and their reservations, before it is
submitted. The provider keeps the token with the batch, so that a batch can be found again if its id
never came back. Until a batch has ended no other process may ask its questions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from libra_emo.llm.ledger import money
from libra_emo.llm.ledger.answers import ANSWERED, RecordedAnswer, write_answer
from libra_emo.llm.ledger.connection import Connection
from libra_emo.llm.ledger.ledger import Ledger


class BatchEntry(NamedTuple):
    """A question that is to go into a batch.

    Attributes:
        key: Key of the question.
        asked: Description of the question, for the ledger.
        usd: Largest cost of the question.
    """

    key: str
    asked: str
    usd: float


class BatchStart(NamedTuple):
    """What became of the questions that were to go into a batch, as lists of keys.

    Attributes:
        included: Questions of the batch.
        answered: Questions that have an answer already.
        elsewhere: Questions that another process is asking.
        above_ceiling: Questions for which the money does not suffice.
    """

    included: list[str]
    answered: list[str]
    elsewhere: list[str]
    above_ceiling: list[str]


class OpenBatch(NamedTuple):
    """A batch that has not ended.

    Attributes:
        token: Our token.
        id: Id that the provider gave; None if it is not known whether the batch was submitted.
        being_submitted: Whether a living process is submitting it.
    """

    token: str
    id: str | None
    being_submitted: bool


class Batches:
    """The batches of one model.

    Args:
        ledger: The open ledger.
        model: Name of the model and its server.
    """

    def __init__(self, ledger: Ledger, model: str) -> None:
        self._ledger = ledger
        self._model = model

    def open(self) -> list[OpenBatch]:
        """Return the batches that have not ended, oldest first."""
        query = "SELECT * FROM open_batches WHERE model = ? ORDER BY made_at, token"
        rows = self._ledger.read(query, (self._model,))
        alive = self._ledger.owners.is_alive
        return [
            OpenBatch(row["token"], row["id"], row["id"] is None and alive(row["owner"]))
            for row in rows
        ]

    def questions(self, token: str) -> dict[str, str]:
        """Return the questions of a batch: key → description."""
        query = "SELECT key, asked FROM batched WHERE token = ?"
        rows = self._ledger.read(query, (token,))
        return {row["key"]: row["asked"] for row in rows}

    def begin(
        self, token: str, entries: Sequence[BatchEntry], budget: str, ceiling_usd: float, now: str
    ) -> BatchStart:
        """Record a batch and reserve its money in one transaction; questions may be left out.

        Args:
            token: Our token.
            entries: Questions that are to go into the batch.
            budget: Budget that pays.
            ceiling_usd: What the budget may spend in all.
            now: Time of the submission, ISO 8601 in UTC.
        """

        def work(connection: Connection) -> BatchStart:
            started = BatchStart([], [], [], [])
            money.mark_dead_lost(connection, budget, self._ledger.owners.is_alive)
            for entry in entries:
                outcome, reservation = self._claim(connection, token, entry, budget, ceiling_usd)
                getattr(started, outcome).append(entry.key)
                if reservation is not None:
                    row = (entry.key, token, reservation, entry.asked)
                    connection.execute("INSERT INTO batched VALUES (?, ?, ?, ?)", row)
            if started.included:
                made = (token, self._model, None, self._ledger.owners.owner, now)
                connection.execute("INSERT INTO open_batches VALUES (?, ?, ?, ?, ?)", made)
            return started

        started: BatchStart = self._ledger.writer.submit(work).result()
        return started

    def _claim(
        self,
        connection: Connection,
        token: str,
        entry: BatchEntry,
        budget: str,
        ceiling_usd: float,
    ) -> tuple[str, int | None]:
        query = "SELECT status FROM answers WHERE key = ?"
        known = connection.execute(query, (entry.key,)).fetchone()
        if known is not None and known["status"] == ANSWERED:
            return "answered", None
        query = "SELECT id, owner FROM reservations WHERE key = ? AND state = 'open'"
        other = connection.execute(query, (entry.key,)).fetchone()
        alive = self._ledger.owners.is_alive
        if other is not None:
            if alive(other["owner"]):
                return "elsewhere", None
            money.mark_lost(connection, other["id"])
        owner, hold = money.BATCH_OWNER + token, money.Hold(entry.usd, entry.usd)
        number = money.reserve_now(connection, entry.key, budget, hold, ceiling_usd, owner)
        return ("above_ceiling", None) if number is None else ("included", number)

    def record_id(self, token: str, batch_id: str) -> None:
        """Record the id that the provider gave."""
        query = "UPDATE open_batches SET id = ? WHERE token = ?"
        self._ledger.writer.submit(lambda c: c.execute(query, (batch_id, token))).result()

    def finish(
        self, token: str, answers: Mapping[str, RecordedAnswer], billed: Collection[str] = ()
    ) -> float:
        """Record a batch's answers, settle its money, and delete it.

        A question without an answer costs nothing and may be asked again. An answer without a
        known cost costs what was reserved. This has an effect once, however many processes try.

        Args:
            token: Our token.
            answers: Answers by key, those that failed included.
            billed: Keys of the questions whose answers were billed, although they cannot be read.

        Returns:
            Largest ratio of an answer's cost to its reservation, at least 1.
        """

        def work(connection: Connection) -> float:
            query = (
                "SELECT b.key, b.reservation, r.nanousd FROM batched b"
                " LEFT JOIN reservations r ON r.id = b.reservation WHERE b.token = ?"
            )
            overrun = 1.0
            for row in connection.execute(query, (token,)).fetchall():
                answer, held = answers.get(row["key"]), (row["nanousd"] or 0) / money.NANO
                cost = 0.0
                was_billed = answer is not None and answer.status == ANSWERED
                if answer is not None and (was_billed or row["key"] in billed):
                    cost = held if answer.cost_usd is None else answer.cost_usd
                    answer = replace(answer, cost_usd=cost)
                    overrun = max(overrun, cost / held if held else 1.0)
                money.spend(connection, row["reservation"], cost)
                if answer is not None:
                    write_answer(connection, answer, replace=False)
            connection.execute("DELETE FROM batched WHERE token = ?", (token,))
            connection.execute("DELETE FROM open_batches WHERE token = ?", (token,))
            return overrun

        overrun_ratio: float = self._ledger.writer.submit(work).result()
        return overrun_ratio
