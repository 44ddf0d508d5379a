"""Liveness of callers on several machines: each holds a lock of its session with the database."""

from __future__ import annotations

import uuid
from typing import Final

from libra_emo.llm.ledger.connection import Connection
from libra_emo.llm.ledger.money import BATCH_OWNER

_KEY_DIGITS: Final = 15  # hexadecimal ones, 60 of the 63 bits that a lock's number may have
_IS_HELD: Final = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND classid = ? AND objid = ?"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class OwnerSessions:
    """The lock of this owner, and the locks of the other owners of a ledger's calls.

    The lock belongs to the session that writes: an owner that has lost it cannot write either.

    Args:
        reading: Connection by which other owners are looked for.
        writing: Connection whose session holds the lock.
    """

    def __init__(self, reading: Connection, writing: Connection) -> None:
        self.owner = uuid.uuid4().hex
        self._reading = reading
        writing.execute("SELECT pg_advisory_lock(?)", (_number(self.owner),))

    def is_alive(self, owner: str) -> bool:
        """Return whether an owner's session still lasts.

        A batch counts as alive: its provider works on it, and its end frees all that it reserves.
        """
        if owner == self.owner or owner.startswith(BATCH_OWNER):
            return True
        number = _number(owner)
        query = self._reading.execute(_IS_HELD, (number >> 32, number & 0xFFFFFFFF))
        return query.fetchone() is not None

    def close(self) -> None:
        """Do nothing: the end of the session lets this owner count as ended."""


def _number(owner: str) -> int:
    return int(owner[:_KEY_DIGITS], 16)
