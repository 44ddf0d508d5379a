"""The ledger's statements, which are in SQLite's language, for PostgreSQL."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import psycopg

_ID: Final = " RETURNING id"


class Row(tuple[Any, ...]):
    """A row that is read by position or by name, as `sqlite3.Row`.

    Attributes:
        names: Names of its columns.
    """

    names: tuple[str, ...] = ()

    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self.names

    def __getitem__(self, place: Any) -> Any:
        """Return a value by its position or its column's name."""
        number = self.names.index(place) if isinstance(place, str) else place
        return super().__getitem__(number)


class PostgresCursor:
    """The outcome of a statement.

    Args:
        cursor: Cursor of psycopg.
        lastrowid: Number of the row that was added, where the table counts its rows.
    """

    def __init__(self, cursor: psycopg.Cursor[Row], lastrowid: int | None) -> None:
        self._cursor = cursor
        self.lastrowid = lastrowid

    @property
    def rowcount(self) -> int:
        """Number of rows that the statement changed."""
        return self._cursor.rowcount

    def fetchone(self) -> Row | None:
        """Return the next row; None after the last."""
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return list(self._cursor.fetchall())

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows that are left."""
        return iter(self._cursor)


class PostgresConnection:
    """A connection to PostgreSQL that takes the ledger's statements, and raises `sqlite3`'s errors.

    Args:
        connection: Connection of psycopg without transactions of its own.
    """

    total_changes = 0  # only a file's copy asks for it

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; none is on a connection that is lost."""
        from psycopg.pq import TransactionStatus

        status = self._connection.info.transaction_status
        return status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)

    def execute(self, query: str, values: Sequence[Any] = (), /) -> PostgresCursor:
        """Execute a statement.

        Raises:
            IntegrityError: If a row contradicts a constraint.
            OperationalError: If the database cannot do it, or is away.
        """
        import psycopg

        statement, is_numbered = translate(query)
        plain = [_storable(value) for value in values]
        given: Any = {f"p{n}": v for n, v in enumerate(plain, 1)} if is_numbered else plain
        try:
            cursor = self._connection.cursor(row_factory=_make_rows)
            cursor.execute(statement.encode(), given)
            added = cursor.fetchone() if statement.endswith(_ID) else None
        except psycopg.IntegrityError as error:
            raise sqlite3.IntegrityError(first_line(error)) from None
        except psycopg.Error as error:
            raise sqlite3.OperationalError(first_line(error)) from None
        return PostgresCursor(cursor, None if added is None else added[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@cache
def translate(query: str) -> tuple[str, bool]:
    """Return a statement as PostgreSQL has it, and whether its values are numbered."""
    text = query.replace("%", "%%")
    if text.startswith("INSERT OR IGNORE INTO"):
        text = f"{text.replace('INSERT OR IGNORE', 'INSERT', 1)} ON CONFLICT DO NOTHING"
    elif text.startswith("REPLACE INTO"):
        names = [name.strip() for name in text.partition("(")[2].partition(")")[0].split(",")]
        new = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        text = (
            f"{text.replace('REPLACE', 'INSERT', 1)} ON CONFLICT ({names[0]}) DO UPDATE SET {new}"
        )
    elif text.startswith("INSERT INTO reservations VALUES (NULL"):
        text = text.replace("(NULL", "(DEFAULT", 1) + _ID
    numbered = re.sub(r"\?(\d+)", r"%(p\1)s", text)
    return numbered.replace("?", "%s"), numbered != text


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, or the error's kind if it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _storable(value: Any) -> Any:
    """Return a value as PostgreSQL takes it: its texts have no character NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _make_rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Row]:
    names = tuple(column.name for column in cursor.description or ())
    kind = type("Row", (Row,), {"names": names})
    return lambda values: kind(
        int(value) if isinstance(value, Decimal) else value for value in values
    )
