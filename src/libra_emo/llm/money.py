"""The ledger's money: what a budget has spent, what calls in flight hold, and what is lost.

Whole nano-dollars, so that sums are exact. Everything here runs within a transaction of the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final, NamedTuple

NANO: Final = 1_000_000_000


class Money(NamedTuple):
    """A budget's state in US dollars: settled, reserved by calls in flight, and lost ones."""

    spent_usd: float
    in_flight_usd: float
    lost_usd: float

    @property
    def bound_usd(self) -> float:
        """What counts against the ceiling."""
        return self.spent_usd + self.in_flight_usd + self.lost_usd


def to_nano(usd: float) -> int:
    """Return US dollars as whole nano-dollars."""
    return min(round(usd * NANO), 2**62)


def reserve(
    connection: sqlite3.Connection,
    key: str,
    budget: str,
    usd: float,
    ceiling_usd: float,
    owner: str,
) -> int | None:
    """Hold money for a question; return the reservation's number, None above the ceiling."""
    query = (
        "SELECT COALESCE((SELECT spent_nanousd FROM budgets WHERE name = ?1), 0)"
        " + COALESCE((SELECT SUM(nanousd) FROM reservations WHERE budget = ?1), 0)"
    )
    bound: int = connection.execute(query, (budget,)).fetchone()[0]
    if bound + to_nano(usd) > to_nano(ceiling_usd):
        return None
    insert = (
        "INSERT INTO reservations (key, budget, nanousd, owner, state) VALUES (?, ?, ?, ?, 'open')"
    )
    return connection.execute(insert, (key, budget, to_nano(usd), owner)).lastrowid


def spend(connection: sqlite3.Connection, reservation: int, usd: float) -> None:
    """Take what a call cost in place of what was held for it; nothing for one that is settled."""
    query = "SELECT budget FROM reservations WHERE id = ?"
    row = connection.execute(query, (reservation,)).fetchone()
    if row is None:
        return
    free(connection, reservation)
    if usd:
        connection.execute(
            "INSERT INTO budgets VALUES (?1, ?2)"
            " ON CONFLICT (name) DO UPDATE SET spent_nanousd = spent_nanousd + ?2",
            (row["budget"], to_nano(usd)),
        )


def free(connection: sqlite3.Connection, reservation: int) -> None:
    """Give back what was held for a call that cost nothing."""
    connection.execute("DELETE FROM reservations WHERE id = ?", (reservation,))


def lose(connection: sqlite3.Connection, reservation: int) -> None:
    """Keep what was held for a call whose end nobody knows."""
    connection.execute("UPDATE reservations SET state = 'lost' WHERE id = ?", (reservation,))


def lose_all(connection: sqlite3.Connection, owner: str) -> None:
    """Keep what an owner still holds: its calls never told how they ended."""
    connection.execute(
        "UPDATE reservations SET state = 'lost' WHERE owner = ? AND state = 'open'", (owner,)
    )


def read_money(
    connection: sqlite3.Connection, budget: str, is_alive: Callable[[str], bool]
) -> Money:
    """Return a budget's state; what a dead owner holds is lost."""
    query = "SELECT spent_nanousd FROM budgets WHERE name = ?"
    row = connection.execute(query, (budget,)).fetchone()
    reserved: dict[bool, int] = {True: 0, False: 0}
    query = (
        "SELECT owner, state, SUM(nanousd) AS held FROM reservations WHERE budget = ?"
        " GROUP BY owner, state"
    )
    for held in connection.execute(query, (budget,)).fetchall():
        running = held["state"] == "open" and is_alive(held["owner"])
        reserved[running] += held["held"]
    spent = row["spent_nanousd"] if row else 0
    return Money(spent / NANO, reserved[True] / NANO, reserved[False] / NANO)


def read_surprise(connection: sqlite3.Connection, model: str) -> float | None:
    """Return how many times its estimate a call to a model cost at most; None before the first."""
    query = "SELECT ratio FROM surprises WHERE model = ?"
    row = connection.execute(query, (model,)).fetchone()
    return float(row["ratio"]) if row else None


def write_surprise(connection: sqlite3.Connection, model: str, ratio: float) -> None:
    """Remember that a call cost so many times its estimate, unless one cost more."""
    connection.execute(
        "INSERT INTO surprises VALUES (?1, ?2)"
        " ON CONFLICT (model) DO UPDATE SET ratio = MAX(ratio, ?2)",
        (model, ratio),
    )
