"""Money in the ledger: what a budget has spent, what calls in flight reserve, and what is lost.

Amounts are whole nano-dollars, so that sums are exact. Every function here runs within a
transaction of the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

from libra_emo.llm.ledger.connection import Connection

NANO: Final = 1_000_000_000
BATCH_OWNER: Final = "batch:"
"""Prefix of the owner of a batch's reservations, which the end of no process frees."""
_MARK_LOST: Final = "UPDATE reservations SET state = 'lost', nanousd = lost_nanousd"


class Money(NamedTuple):
    """State of a budget in US dollars.

    Attributes:
        spent_usd: Cost of calls that have ended.
        in_flight_usd: What calls in flight reserve.
        lost_usd: Probable cost of calls whose end is not known.
    """

    spent_usd: float
    in_flight_usd: float
    lost_usd: float

    @property
    def used_usd(self) -> float:
        """What is spent or lost."""
        return self.spent_usd + self.lost_usd

    @property
    def committed_usd(self) -> float:
        """What counts against the ceiling: what is spent, lost, or in flight."""
        return self.used_usd + self.in_flight_usd


def to_nano(usd: float) -> int:
    """Return US dollars as whole nano-dollars.

    Raises:
        ValueError: If they are not a number, endless, or below 0.
    """
    if not is_amount(usd):
        raise ValueError(f"{usd} is no amount of money; it must be a number from 0 on")
    return min(round(usd * NANO), 2**62)


def is_amount(usd: object) -> bool:
    """Return whether a value is a finite number from 0 on."""
    return isinstance(usd, (int, float)) and math.isfinite(usd) and usd >= 0


class Hold(NamedTuple):
    """Money to be reserved for a call.

    Attributes:
        usd: Largest cost of the call; it is reserved while the call is in flight.
        lost_usd: Probable cost of the call; it stays reserved if the call's end is never known.
    """

    usd: float
    lost_usd: float


class Reservation(NamedTuple):
    """Outcome of an attempt to reserve money.

    Attributes:
        number: Number of the reservation; None if the money does not suffice.
        wait: Whether the money may suffice once calls in flight have settled.
    """

    number: int | None
    wait: bool = False


def reserve(
    connection: Connection,
    key: str,
    budget: str,
    hold: Hold,
    ceiling_usd: float,
    owner: str,
    is_alive: Callable[[str], bool],
) -> Reservation:
    """Reserve money for a question, unless the budget's total would exceed the ceiling."""
    number = reserve_now(connection, key, budget, hold, ceiling_usd, owner)
    if number is not None:
        return Reservation(number)
    in_flight = mark_dead_lost(connection, budget, is_alive)
    number = reserve_now(connection, key, budget, hold, ceiling_usd, owner)
    if number is not None:
        return Reservation(number)
    left = to_nano(ceiling_usd) - _committed(connection, budget)
    return Reservation(None, wait=0 < in_flight and to_nano(hold.usd) <= left + in_flight)


def reserve_now(
    connection: Connection,
    key: str,
    budget: str,
    hold: Hold,
    ceiling_usd: float,
    owner: str,
) -> int | None:
    """Return the number of a new reservation; None if it would exceed the ceiling."""
    usd = to_nano(hold.usd)
    if _committed(connection, budget) + usd > to_nano(ceiling_usd):
        return None
    insert = "INSERT INTO reservations VALUES (NULL, ?, ?, ?, ?, 'open', ?)"
    row = (key, budget, usd, owner, to_nano(hold.lost_usd))
    return connection.execute(insert, row).lastrowid


def _committed(connection: Connection, budget: str) -> int:
    """Return what counts against a budget's ceiling."""
    query = (
        "SELECT COALESCE((SELECT spent_nanousd FROM budgets WHERE name = ?1), 0)"
        " + COALESCE((SELECT SUM(nanousd) FROM held WHERE budget = ?1), 0)"
    )
    committed: int = connection.execute(query, (budget,)).fetchone()[0]
    return committed


def mark_dead_lost(connection: Connection, budget: str, is_alive: Callable[[str], bool]) -> int:
    """Mark reservations of ended owners as lost; return what calls reserve that settle soon."""
    query = "SELECT owner, nanousd AS held FROM held WHERE budget = ? AND state = 'open'"
    in_flight = 0
    for row in connection.execute(query, (budget,)).fetchall():
        if not is_alive(row["owner"]):
            mark_all_lost(connection, row["owner"])
        elif not row["owner"].startswith(BATCH_OWNER):
            in_flight += row["held"]
    return in_flight


def spend(connection: Connection, reservation: int, usd: float) -> None:
    """Replace a reservation by the cost of its call; one that is settled stays settled."""
    query = "SELECT budget FROM reservations WHERE id = ?"
    row = connection.execute(query, (reservation,)).fetchone()
    if row is None:
        return
    free(connection, reservation)
    if usd:
        connection.execute(
            "INSERT INTO budgets VALUES (?1, ?2)"
            " ON CONFLICT (name) DO UPDATE SET spent_nanousd = budgets.spent_nanousd + ?2",
            (row["budget"], to_nano(usd)),
        )


def free(connection: Connection, reservation: int) -> None:
    """Delete the reservation of a call that cost nothing."""
    connection.execute("DELETE FROM reservations WHERE id = ?", (reservation,))


def mark_lost(connection: Connection, reservation: int) -> None:
    """Keep the probable cost of a call whose end is not known, and free the rest."""
    connection.execute(f"{_MARK_LOST} WHERE id = ?", (reservation,))


def mark_all_lost(connection: Connection, owner: str) -> None:
    """Mark every open reservation of an owner as lost."""
    connection.execute(f"{_MARK_LOST} WHERE owner = ? AND state = 'open'", (owner,))


def read_money(connection: Connection, budget: str, is_alive: Callable[[str], bool]) -> Money:
    """Return a budget's state; open reservations of ended owners count as lost."""
    query = "SELECT spent_nanousd FROM budgets WHERE name = ?"
    known = connection.execute(query, (budget,)).fetchone()
    reserved: dict[bool, int] = {True: 0, False: 0}
    query = "SELECT owner, state, nanousd AS held, lost_nanousd AS lost FROM held WHERE budget = ?"
    for row in connection.execute(query, (budget,)).fetchall():
        running = row["state"] == "open" and is_alive(row["owner"])
        reserved[running] += row["held"] if running or row["state"] == "lost" else row["lost"]
    spent = known["spent_nanousd"] if known else 0
    return Money(spent / NANO, reserved[True] / NANO, reserved[False] / NANO)


def read_cost_overrun(connection: Connection, model: str) -> float | None:
    """Return the largest ratio of cost to estimate of a model's calls; None before the first."""
    query = "SELECT ratio FROM surprises WHERE model = ?"
    row = connection.execute(query, (model,)).fetchone()
    return float(row["ratio"]) if row else None


def write_cost_overrun(connection: Connection, model: str, ratio: float) -> None:
    """Record the ratio of a call's cost to its estimate, unless a larger one is recorded."""
    connection.execute(
        "INSERT INTO surprises VALUES (?1, ?2)"
        " ON CONFLICT (model) DO UPDATE SET ratio = excluded.ratio"
        " WHERE excluded.ratio > surprises.ratio",
        (model, ratio),
    )
