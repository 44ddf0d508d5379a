"""SQLite databases without the rows of a person, and without old pages."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from libra_emo.publication.takedown.contents.databases import (
    ANSWERS,
    LINKS,
    list_tables,
    quote_name,
    rewrite_database,
)
from libra_emo.publication.takedown.people.person import Person

# what campaigns ask, and secrets of the server, name no person
SKIPPED: Final = ("campaigns", "campaign_clips", "server_secrets", "alembic_version", "votes_meta")
RUNS: Final = "experiments"  # a table that only a database of MLflow has
FIGURES: Final = ("params", "tags", "metrics", "latest_metrics", "experiment_tags", "inputs")
ROW: Final = "rowid"


def filter_database(path: Path, out: Path, person: Person, is_trial: bool = False) -> Counter[str]:
    """Write a database without the rows of a person; return how many went, by table.

    Notes and messages of others that mention the person stay, without the name.

    Args:
        path: The database.
        out: Place of the new one.
        person: The person.
        is_trial: Whether the database is only read.

    Raises:
        TakedownError: If another program uses the database, or it is damaged.
    """
    return rewrite_database(path, out, lambda copy: _remove(copy, person), is_trial)


def names_in_database(connection: sqlite3.Connection, person: Person) -> bool:
    """Return whether a row of a database names the person."""
    gone, changed = find_rows(list_tables(connection), _reader(connection), person)
    return any(gone.values()) or any(changed.values())


def find_rows(
    tables: Mapping[str, list[str]],
    read: Callable[[str, list[str]], Iterable[tuple[Any, dict[str, Any]]]],
    person: Person,
) -> tuple[dict[str, list[Any]], dict[str, dict[Any, dict[str, Any]]]]:
    """Return the rows that go and the changed values of others, by table and by key of the row.

    Rows that belong to a removed vote go with it.

    Args:
        tables: Columns by table.
        read: Gives the keys and the rows of a table.
        person: The person.
    """
    gone: dict[str, list[Any]] = {}
    changed: dict[str, dict[Any, dict[str, Any]]] = {}
    linked: set[tuple[str, Any]] = set()
    if ANSWERS in tables:  # paid answers are about films
        return gone, changed
    for table in _list_searched(tables):
        for key, row in read(table, tables[table]):
            cleaned = _clean_row(person, table, row, RUNS in tables)
            if cleaned is None:
                gone.setdefault(table, []).append(key)
                linked |= {(name, row[name]) for name in LINKS if row.get(name) is not None}
            elif cleaned != row:
                new = {name: value for name, value in cleaned.items() if value != row[name]}
                changed.setdefault(table, {})[key] = new
    for table in _list_searched(tables):
        links = [name for name in LINKS if name in tables[table]]
        known = set(gone.get(table, ()))
        for key, row in read(table, tables[table]) if links and linked else ():
            if key not in known and any((name, row[name]) in linked for name in links):
                gone.setdefault(table, []).append(key)
                changed.get(table, {}).pop(key, None)
    return gone, changed


def _list_searched(tables: Mapping[str, list[str]]) -> list[str]:
    return [table for table in tables if table not in SKIPPED]


def _clean_row(
    person: Person, table: str, row: dict[str, Any], is_of_runs: bool
) -> dict[str, Any] | None:
    texts = {name: value for name, value in row.items() if isinstance(value, str)}
    cleaned = person.clean_row(texts)
    if is_of_runs and cleaned != texts:
        return None if table in FIGURES else {**row, **_hide(texts, cleaned, person)}
    return cleaned if cleaned is None else {**row, **cleaned}


def _hide(texts: dict[str, str], cleaned: dict[str, Any] | None, person: Person) -> dict[str, str]:
    """Return texts in which the name is replaced: rows that others need stay."""
    return {name: person.redact(value) for name, value in texts.items()} | (cleaned or {})


def _reader(
    connection: sqlite3.Connection,
) -> Callable[[str, list[str]], Iterable[tuple[Any, dict[str, Any]]]]:
    def read(table: str, columns: list[str]) -> Iterable[tuple[Any, dict[str, Any]]]:
        listed = ", ".join(map(quote_name, columns))
        query = f"SELECT {ROW}, {listed} FROM {quote_name(table)}"  # noqa: S608 - quoted
        for key, *values in connection.execute(query).fetchall():
            yield key, dict(zip(columns, values, strict=True))

    return read


def _remove(connection: sqlite3.Connection, person: Person) -> Counter[str]:
    gone, changed = find_rows(list_tables(connection), _reader(connection), person)
    for table, keys in gone.items():
        query = f"DELETE FROM {quote_name(table)} WHERE {ROW} = ?"  # noqa: S608 - quoted
        connection.executemany(query, [(key,) for key in keys])
    for table, rows in changed.items():
        for key, values in rows.items():
            names = ", ".join(f"{quote_name(name)} = ?" for name in values)
            query = f"UPDATE {quote_name(table)} SET {names} WHERE {ROW} = ?"  # noqa: S608
            connection.execute(query, (*values.values(), key))
    return Counter({table: len(keys) for table, keys in gone.items()})
