"""Stores of votes and answers that are no files of the project's data: PostgreSQL, or SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libra_emo.common.secrecy.database_urls import read_url
from libra_emo.common.takedowns.store_changes import StorePlace, read_address
from libra_emo.publication.takedown.contents.databases import ANSWERS
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.known_films import KnownFilm, find_film_ids
from libra_emo.publication.takedown.stores import find_stores_elsewhere

# tables of the vote store and of ledgers; a database may have others, of which nothing is known
VOTES: Final = (
    *("annotators", "votes", "vote_details", "assignments", "links", "adjudication_messages"),
    *("campaigns", "campaign_clips", "server_secrets"),
)
LEDGER: Final = (ANSWERS, "checksums", "batched", "reservations")
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
