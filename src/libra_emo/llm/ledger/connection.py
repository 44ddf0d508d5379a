"""What the ledger needs of a connection to its database: a part of what `sqlite3` gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol


class Cursor(Protocol):
    """The outcome of a statement."""

    @property
    def rowcount(self) -> int:
        """Number of rows that the statement changed."""

    @property
    def lastrowid(self) -> int | None:
        """Number of the row that the statement added, where the table counts its rows."""

    def fetchone(self) -> Any:
        """Return the next row, which is read by position or by name; None after the last."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the rows that are left."""


class Connection(Protocol):
    """A connection whose statements are in SQLite's language and whose errors are `sqlite3`'s."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    @property
    def total_changes(self) -> int:
        """Number of rows that the connection has changed."""

    def execute(self, query: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Execute a statement."""

    def close(self) -> None:
        """Close the connection."""
