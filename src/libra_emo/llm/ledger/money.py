"""The ledger's money: what a budget has spent, what calls in flight hold, and what is lost.

Whole nano-dollars, so that sums are exact. Everything here runs within a transaction of the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final, NamedTuple

NANO: Final = 1_000_000_000
BATCH_OWNER: Final = "batch:"
"""Begins the owner of what a batch holds, which no process's end frees."""
_LOSE: Final = "UPDATE reservations SET state = 'lost', nanousd = lost_nanousd"


class Money(NamedTuple):
    """A budget's state in US dollars: settled, reserved by calls in flight, and lost ones."""

    spent_usd: float
    in_flight_usd: float
    lost_usd: float

    @property
    def bound_usd(self) -> float:
        """What counts against the ceiling."""
        return self.gone_usd + self.in_flight_usd

    @property
    def gone_usd(self) -> float:
        """What is spent, and what calls may have cost whose end nobody knows."""
        return self.spent_usd + self.lost_usd


def to_nano(usd: float) -> int:
    """Return US dollars as whole nano-dollars."""
    return min(round(usd * NANO), 2**62)


class Hold(NamedTuple):
    """What is held for a call.

    Attributes:
        usd: While it is in flight: as much as it may cost.
        lost_usd: For good, if nobody ever learns how it ended: what such calls have cost.
    """

    usd: float
    lost_usd: float


class Reserved(NamedTuple):
    """Whether money was held.

    Attributes:
        number: The reservation's; None where the money does not suffice.
        wait: Whether it may suffice once calls in flight have settled.
    """

    number: int | None
    wait: bool = False


def reserve(
    connection: sqlite3.Connection,
    key: str,
    budget: str,
    hold: Hold,
    ceiling_usd: float,
    owner: str,
    is_alive: Callable[[str], bool],
) -> Reserved:
    """Hold money for a question, unless all that is spent and held would pass the ceiling."""
    usd, ceiling = to_nano(hold.usd), to_nano(ceiling_usd)
    if _bound(connection, budget) + usd > ceiling:
        in_flight = _lose_dead(connection, budget, is_alive)
        bound = _bound(connection, budget)
        if bound + usd > ceiling:
            return Reserved(None, wait=0 < in_flight and bound - in_flight + usd <= ceiling)
    insert = "INSERT INTO reservations VALUES (NULL, ?, ?, ?, ?, 'open', ?)"
    row = (key, budget, usd, owner, to_nano(hold.lost_usd))
    return Reserved(connection.execute(insert, row).lastrowid)


def _bound(connection: sqlite3.Connection, budget: str) -> int:
    """Return what counts against a budget's ceiling."""
    query = (
        "SELECT COALESCE((SELECT spent_nanousd FROM budgets WHERE name = ?1), 0)"
        " + COALESCE((SELECT SUM(nanousd) FROM reservations WHERE budget = ?1), 0)"
    )
    bound: int = connection.execute(query, (budget,)).fetchone()[0]
    return bound


def _lose_dead(connection: sqlite3.Connection, budget: str, is_alive: Callable[[str], bool]) -> int:
    """Count what the dead hold as lost; return what calls hold that will settle soon."""
    query = (
        "SELECT owner, SUM(nanousd) AS held FROM reservations"
        " WHERE budget = ? AND state = 'open' GROUP BY owner"
    )
    in_flight = 0
    for row in connection.execute(query, (budget,)).fetchall():
        if not is_alive(row["owner"]):
            lose_all(connection, row["owner"])
        elif not row["owner"].startswith(BATCH_OWNER):
            in_flight += row["held"]
    return in_flight


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
    """Keep what such calls cost of what was held for a call whose end nobody knows."""
    connection.execute(f"{_LOSE} WHERE id = ?", (reservation,))


def lose_all(connection: sqlite3.Connection, owner: str) -> None:
    """Do so for all that an owner still holds: its calls never told how they ended."""
    connection.execute(f"{_LOSE} WHERE owner = ? AND state = 'open'", (owner,))


def read_money(
    connection: sqlite3.Connection, budget: str, is_alive: Callable[[str], bool]
) -> Money:
    """Return a budget's state; what a dead owner holds is lost."""
    query = "SELECT spent_nanousd FROM budgets WHERE name = ?"
    known = connection.execute(query, (budget,)).fetchone()
    reserved: dict[bool, int] = {True: 0, False: 0}
    query = (
        "SELECT owner, state, SUM(nanousd) AS held, SUM(lost_nanousd) AS lost FROM reservations"
        " WHERE budget = ? GROUP BY owner, state"
    )
    for row in connection.execute(query, (budget,)).fetchall():
        running = row["state"] == "open" and is_alive(row["owner"])
        reserved[running] += row["held"] if running or row["state"] == "lost" else row["lost"]
    spent = known["spent_nanousd"] if known else 0
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
