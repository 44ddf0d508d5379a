"""What the ledger knows of batches: which questions each holds, before the provider is told.

A batch is written down under a token of ours, with its questions and their money, before it is
submitted; the token goes along, so that a batch whose id never came back can be found again. Until
it has ended nobody else may ask its questions, whichever process is alive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from libra_emo.llm.ledger import money
from libra_emo.llm.ledger.answers import ANSWERED, Answer, write_answer
from libra_emo.llm.ledger.ledger import Ledger


class Entry(NamedTuple):
    """A question that is to go into a batch.

    Attributes:
        key: Of the question.
        asked: What is asked, for the ledger.
        usd: What it may cost.
    """

    key: str
    asked: str
    usd: float


class Begun(NamedTuple):
    """What became of the questions that were to go into a batch, by key."""

    taken_in: list[str]
    answered: list[str]
    elsewhere: list[str]
    above_ceiling: list[str]


class OpenBatch(NamedTuple):
    """A batch that has not ended.

    Attributes:
        token: Ours.
        id: The provider's; without it nobody knows whether it was submitted.
        being_submitted: Whether a process is about to learn it.
    """

    token: str
    id: str | None
    being_submitted: bool


class Batches:
    """The batches of one model.

    Args:
        ledger: Open.
        model: What tells the model and its server from others.
    """

    def __init__(self, ledger: Ledger, model: str) -> None:
        self._ledger = ledger
        self._model = model

    def open(self) -> list[OpenBatch]:
        """Return those that have not ended, oldest first."""
        query = "SELECT * FROM open_batches WHERE model = ? ORDER BY made_at, token"
        rows = self._ledger.reading.execute(query, (self._model,)).fetchall()
        alive = self._ledger.presence.is_alive
        return [
            OpenBatch(row["token"], row["id"], row["id"] is None and alive(row["owner"]))
            for row in rows
        ]

    def asked(self, token: str) -> dict[str, str]:
        """Return the questions of a batch: key → what was asked."""
        query = "SELECT key, asked FROM batched WHERE token = ?"
        rows = self._ledger.reading.execute(query, (token,)).fetchall()
        return {row["key"]: row["asked"] for row in rows}

    def begin(
        self, token: str, entries: Sequence[Entry], budget: str, ceiling_usd: float, now: str
    ) -> Begun:
        """Write a batch down and reserve its money, all at once; questions may be left out.

        Args:
            token: Ours.
            entries: What is to go in.
            budget: Whose money it is.
            ceiling_usd: What the budget may spend in all.
            now: The time.
        """

        def work(connection: sqlite3.Connection) -> Begun:
            begun = Begun([], [], [], [])
            for entry in entries:
                where, reservation = self._claim(connection, token, entry, budget, ceiling_usd)
                getattr(begun, where).append(entry.key)
                if reservation is not None:
                    row = (entry.key, token, reservation, entry.asked)
                    connection.execute("INSERT INTO batched VALUES (?, ?, ?, ?)", row)
            if begun.taken_in:
                made = (token, self._model, None, self._ledger.presence.owner, now)
                connection.execute("INSERT INTO open_batches VALUES (?, ?, ?, ?, ?)", made)
            return begun

        begun: Begun = self._ledger.writer.submit(work).result()
        return begun

    def _claim(
        self,
        connection: sqlite3.Connection,
        token: str,
        entry: Entry,
        budget: str,
        ceiling_usd: float,
    ) -> tuple[str, int | None]:
        query = "SELECT status FROM answers WHERE key = ?"
        known = connection.execute(query, (entry.key,)).fetchone()
        if known is not None and known["status"] == ANSWERED:
            return "answered", None
        query = "SELECT id, owner FROM reservations WHERE key = ? AND state = 'open'"
        other = connection.execute(query, (entry.key,)).fetchone()
        alive = self._ledger.presence.is_alive
        if other is not None:
            if alive(other["owner"]):
                return "elsewhere", None
            money.lose(connection, other["id"])
        owner, hold = money.BATCH_OWNER + token, money.Hold(entry.usd, entry.usd)
        held = money.reserve(connection, entry.key, budget, hold, ceiling_usd, owner, alive)
        return ("above_ceiling", None) if held.number is None else ("taken_in", held.number)

    def name(self, token: str, batch_id: str) -> None:
        """Write down the id that the provider gave."""
        query = "UPDATE open_batches SET id = ? WHERE token = ?"
        self._ledger.writer.submit(lambda c: c.execute(query, (batch_id, token))).result()

    def end(self, token: str, answers: Mapping[str, Answer]) -> float:
        """Write a batch's answers down, settle its money, and forget it.

        A question without an answer costs nothing and may be asked again; an answer whose cost the
        provider does not tell costs what was reserved. Done once, however many processes try.

        Returns:
            How many times what was reserved for it the dearest answer cost, at least 1.
        """

        def work(connection: sqlite3.Connection) -> float:
            query = (
                "SELECT b.key, b.reservation, r.nanousd FROM batched b"
                " LEFT JOIN reservations r ON r.id = b.reservation WHERE b.token = ?"
            )
            dearest = 1.0
            for row in connection.execute(query, (token,)).fetchall():
                answer, held = answers.get(row["key"]), (row["nanousd"] or 0) / money.NANO
                cost = 0.0
                if answer is not None and answer.status == ANSWERED:
                    cost = held if answer.cost_usd is None else answer.cost_usd
                    answer = replace(answer, cost_usd=cost)
                    dearest = max(dearest, cost / held if held else 1.0)
                money.spend(connection, row["reservation"], cost)
                if answer is not None:
                    write_answer(connection, answer, replace=False)
            connection.execute("DELETE FROM batched WHERE token = ?", (token,))
            connection.execute("DELETE FROM open_batches WHERE token = ?", (token,))
            return dearest

        ended: float = self._ledger.writer.submit(work).result()
        return ended
