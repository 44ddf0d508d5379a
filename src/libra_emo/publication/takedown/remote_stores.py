"""Stores of votes and answers that are no files of the project's data: PostgreSQL, or SQLite."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from libra_emo.common.secrecy.database_urls import read_url
from libra_emo.common.takedowns.store_changes import (
    Change,
    StoreChanges,
    StorePlace,
    read_address,
)
from libra_emo.publication.takedown.contents.databases import ANSWERS, LINKS
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.known_films import KnownFilm, find_film_ids
from libra_emo.publication.takedown.needles import Needles
from libra_emo.publication.takedown.people.databases import find_rows
from libra_emo.publication.takedown.people.person import Person
from libra_emo.publication.takedown.stores import find_stores_elsewhere

# tables of the vote store and of ledgers; a database may have others, of which nothing is known
VOTES: Final = (
    *("annotators", "votes", "vote_details", "assignments", "links", "adjudication_messages"),
    *("campaigns", "campaign_clips", "server_secrets"),
)
LEDGER: Final = (ANSWERS, "checksums", "batched", "reservations")
PERSON: Final = "annotator"
ROWS_AT_ONCE: Final = 2000


@dataclass(frozen=True)
class RemoteTable:
    """A table of a store.

    Attributes:
        name: Its name.
        schema: Its schema; None for the default one.
        columns: Its columns.
        key: The columns of its primary key.
    """

    name: str
    schema: str | None
    columns: tuple[str, ...]
    key: tuple[str, ...]


def find_changes(
    project: Path, subject: Needles | Person
) -> list[tuple[StoreChanges, Counter[str]]]:
    """Return the changes of each store that is elsewhere, with how many rows go, by table.

    Raises:
        TakedownError: If a store cannot be reached.
    """
    found = []
    for place in find_stores_elsewhere(project):
        with opened(project, place) as connection:
            tables = list_remote_tables(connection)
            if isinstance(subject, Person):
                made = list(_leave_out_person(connection, tables, subject))
            else:
                made = list(_leave_out_films(connection, tables, subject))
        counts = Counter[str]()
        for change, rows in made:
            counts[f"{place}, {change.table}"] += rows if change.values is None else 0
        if made:
            found.append((StoreChanges(place, [change for change, _ in made]), +counts))
    return found


@contextmanager
def opened(project: Path, place: StorePlace) -> Iterator[Any]:
    """Give a connection that reads a store.

    Raises:
        TakedownError: If it cannot be reached.
    """
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(
            read_url(read_address(project, place) or ""), poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            yield connection
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        cause = " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())
        raise TakedownError(
            f"{place}: the store cannot be reached ({cause}), and its rows would stay; nothing was "
            "changed"
        ) from error


def list_remote_films(project: Path) -> list[KnownFilm]:
    """Return the films whose clips a store elsewhere has votes or answers about.

    Raises:
        TakedownError: If a store cannot be reached.
    """
    clips: set[str] = set()
    for place in find_stores_elsewhere(project):
        with opened(project, place) as connection:
            for table in list_remote_tables(connection):
                if {"clip_id", "asked"} & set(table.columns):
                    clips |= {name for row in read_rows(connection, table) for name in _clips(row)}
    return list(map(KnownFilm, find_film_ids(clips)))


def _clips(row: Mapping[str, Any]) -> Iterator[str]:
    if row.get("clip_id"):
        yield row["clip_id"]
    try:
        asked = json.loads(row.get("asked") or "{}")
    except ValueError:
        return
    name = asked.get("clip_id") if isinstance(asked, dict) else None
    if isinstance(name, str):
        yield name


def list_remote_tables(connection: Any) -> list[RemoteTable]:
    """Return the tables of votes and answers of a database, in all its schemas."""
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    is_postgres = connection.dialect.name == "postgresql"
    hidden = ("information_schema",) if is_postgres else ()
    schemas = [name for name in inspector.get_schema_names() if name not in hidden]
    tables = []
    for schema in schemas if is_postgres else [None]:
        names = set(inspector.get_table_names(schema=schema))
        known = [*(VOTES if "votes" in names else ()), *(LEDGER if ANSWERS in names else ())]
        for name in sorted(names.intersection(known)):
            columns = tuple(one["name"] for one in inspector.get_columns(name, schema=schema))
            key = tuple(inspector.get_pk_constraint(name, schema=schema)["constrained_columns"])
            tables.append(RemoteTable(name, schema, columns, key or columns))
    return tables


def read_rows(connection: Any, table: RemoteTable) -> Iterator[dict[str, Any]]:
    """Give the rows of a table."""
    import sqlalchemy as sa

    columns: list[Any] = [sa.column(name) for name in table.columns]
    query = sa.select(*columns).select_from(sa.table(table.name, schema=table.schema))
    streamed = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
    yield from (dict(row) for row in streamed.mappings())


def _key_of(table: RemoteTable, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in table.key}


def _leave_out_films(
    connection: Any, tables: list[RemoteTable], needles: Needles
) -> Iterator[tuple[Change, int]]:
    """Give the removals of rows that name films, and of those that belong to them."""
    gone: dict[tuple[str | None, str], list[dict[str, Any]]] = {}
    linked: set[tuple[str | None, str, Any]] = set()
    for table in tables:
        links = _links_of(table)
        for row in read_rows(connection, table):
            if needles.in_value([value for value in row.values() if isinstance(value, str)]):
                gone.setdefault((table.schema, table.name), []).append(_key_of(table, row))
                linked |= {(table.schema, name, row[name]) for name in links}
    for table in _children_first(tables):
        keys = gone.get((table.schema, table.name), [])
        for key in keys:
            yield Change(table.name, key, table.schema), 1
        for name in _links_of(table) if linked else ():
            for row in read_rows(connection, table):
                own = (table.schema, name, row[name])
                if own in linked and _key_of(table, row) not in keys:
                    yield Change(table.name, _key_of(table, row), table.schema), 1


def _links_of(table: RemoteTable) -> list[str]:
    links = (*LINKS, "key") if table.name in LEDGER else LINKS
    return [name for name in links if name in table.columns]


def _children_first(tables: Iterable[RemoteTable]) -> list[RemoteTable]:
    """Return tables such that rows which others need come last."""
    last = ("votes", "campaign_clips", ANSWERS, "annotators", "campaigns")
    return sorted(
        tables, key=lambda table: (table.name in last, [*last, table.name].index(table.name))
    )


def _leave_out_person(
    connection: Any, tables: list[RemoteTable], person: Person
) -> Iterator[tuple[Change, int]]:
    """Give the removals of a person's rows, and the changes of rows that mention the person.

    A person's rows are named by the person, so that those which come meanwhile go as well.
    """
    by_schema: dict[str | None, dict[str, RemoteTable]] = {}
    for table in tables:
        by_schema.setdefault(table.schema, {})[table.name] = table
    for schema, known in by_schema.items():
        columns = {name: list(table.columns) for name, table in known.items()}
        gone, changed = find_rows(columns, partial(_read_keyed, connection, known), person)
        for table in _children_first(known.values()):
            keys = gone.get(table.name, [])
            for change in _remove_of_person(table, keys, person, schema):
                yield change, 0
            for key in keys:
                yield Change(table.name, dict(key), schema), 1
            for key, values in changed.get(table.name, {}).items():
                yield Change(table.name, dict(key), schema, values), 0


def _read_keyed(
    connection: Any, known: Mapping[str, RemoteTable], name: str, _columns: list[str]
) -> Iterator[tuple[Any, dict[str, Any]]]:
    for row in read_rows(connection, known[name]):
        yield tuple(_key_of(known[name], row).items()), row


def _remove_of_person(
    table: RemoteTable, keys: list[Any], person: Person, schema: str | None
) -> Iterator[Change]:
    if not keys:
        return
    for own in sorted(person.keys):
        if table.name == "vote_details":
            yield Change(table.name, {PERSON: own}, schema, through=("votes", "vote_id"))
        elif PERSON in table.columns:
            yield Change(table.name, {PERSON: own}, schema)
