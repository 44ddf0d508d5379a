"""SQLite databases without the rows that name a film, and without old pages."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from libra_emo.publication.takedown.contents.search import open_quietly
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.needles import Needles

BUSY_SECONDS: Final = 5.0
# columns by which rows of other tables belong to a row; `key` names an answer
LINKS: Final = ("vote_id",)
ANSWERS: Final = "answers"


def filter_database(
    path: Path, out: Path, needles: Needles, is_trial: bool = False
) -> Counter[str]:
    """Write a database without the rows that name a film; return how many by table.

    Rows that belong to a removed vote or answer go with it.

    Args:
        path: The database.
        out: Place of the new one.
        needles: What names a film.
        is_trial: Whether the database is only read; otherwise its log is brought into it.

    Raises:
        TakedownError: If another program uses the database, or it is damaged.
    """
    return rewrite_database(path, out, lambda copy: _remove_rows(copy, needles), is_trial)


def rewrite_database(
    path: Path,
    out: Path,
    remove: Callable[[sqlite3.Connection], Counter[str]],
    is_trial: bool = False,
) -> Counter[str]:
    """Write a database without some rows, and return how many those are by table.

    It is written anew, so that no free page keeps what was removed.

    Args:
        path: The database.
        out: Place of the new one.
        remove: Removes the rows from the database of a connection, and returns how many.
        is_trial: Whether the database is only read; otherwise its log is brought into it.

    Raises:
        TakedownError: If another program uses the database, or it is damaged.
    """
    try:
        if not is_trial:
            _empty_log(path)
        with closing(open_quietly(path)) as source:
            source.execute("VACUUM INTO ?", (str(out),))
        with closing(sqlite3.connect(out, isolation_level=None)) as copy:
            removed = remove(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("VACUUM")
    except sqlite3.Error as error:
        raise TakedownError(
            f"{path}: the database cannot be rewritten ({error}); end the programs that use it, "
            "and start again. Nothing was changed"
        ) from error
    return removed


def _empty_log(path: Path) -> None:
    """Bring what lies in the database's log into the database, whose content stays the same."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("another program has it open")


def _remove_rows(connection: sqlite3.Connection, needles: Needles) -> Counter[str]:
    connection.create_function("names_film", 1, lambda value: _names(value, needles))
    connection.create_function("is_linked", 2, lambda name, value: (name, value) in linked)
    tables = list_tables(connection)
    links = (*LINKS, "key") if ANSWERS in tables else LINKS
    linked: set[tuple[str, Any]] = set()
    for table, columns in tables.items():
        for name in set(columns) & set(links):
            query = f"SELECT {quote_name(name)} FROM {quote_name(table)} WHERE {_named(columns)}"  # noqa: S608
            linked |= {(name, value) for (value,) in connection.execute(query)}
    removed: Counter[str] = Counter()
    for table, columns in tables.items():
        also = [f"is_linked('{name}', {quote_name(name)})" for name in set(columns) & set(links)]
        where = " OR ".join([_named(columns), *also])
        before = _count(connection, table)
        connection.execute(f"DELETE FROM {quote_name(table)} WHERE {where}")  # noqa: S608 - quoted
        removed[table] = before - _count(connection, table)
    return +removed


def list_tables(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the columns of a database's tables, by table."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = sorted(row[0] for row in connection.execute(query))
    return {
        name: [row[1] for row in connection.execute(f"PRAGMA table_info({quote_name(name)})")]
        for name in names
    }


def _count(connection: sqlite3.Connection, table: str) -> int:
    query = f"SELECT COUNT(*) FROM {quote_name(table)}"  # noqa: S608 - quoted
    return int(connection.execute(query).fetchone()[0])


def _named(columns: list[str]) -> str:
    return "(" + " OR ".join(f"names_film({quote_name(name)})" for name in columns) + ")"


def _names(value: Any, needles: Needles) -> bool:
    return isinstance(value, str | bytes) and needles.in_value(value)


def quote_name(name: str) -> str:
    """Return a name of a table or column as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'
