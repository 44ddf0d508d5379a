"""The tables of the vote store, and database engines that several processes can use at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

BUSY_SECONDS: Final = 60.0
WRITES: Final = "libra_emo_writes"

METADATA = sa.MetaData()
CAMPAIGNS = sa.Table(
    "campaigns",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("annotators_per_clip", sa.Integer, nullable=False),
    sa.Column("threshold", sa.Integer, nullable=False),
    sa.Column("labels", sa.Text, nullable=False),  # a JSON list
    sa.Column("other", sa.Text, nullable=False),
)
CLIPS = sa.Table(
    "campaign_clips",
    METADATA,
    sa.Column("campaign", sa.ForeignKey("campaigns.name"), primary_key=True),
    sa.Column("clip_id", sa.Text, primary_key=True),
)
VOTES = sa.Table(
    "votes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign", sa.ForeignKey("campaigns.name"), nullable=False),
    sa.Column("clip_id", sa.Text, nullable=False),
    sa.Column("annotator", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("voted_at", sa.Text, nullable=False),  # UTC, see utc_text
    sa.Column("seconds", sa.Float),
    sa.Index("votes_of_clip", "campaign", "clip_id"),
)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection in a writing transaction, which is committed at the end of the block."""
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


def make_engine(url: str) -> sa.Engine:
    """Return the engine of a database; the folder of an SQLite file is created.

    Raises:
        ArgumentError: If the URL is not valid.
        ModuleNotFoundError: If the database's driver is not installed.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Let `_begin_sqlite` start transactions, and let readers continue while one process writes."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the lock at once if the transaction writes.

    A transaction that reads first and writes later fails if another process writes in between.
    """
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def create_tables(engine: sa.Engine) -> None:
    """Create the missing tables; another process may do the same at the same time."""
    attempts = 5
    for attempt in range(1, attempts + 1):
        try:
            with writing(engine) as connection:
                METADATA.create_all(connection)
            return
        except sa.exc.DBAPIError:
            if attempt == attempts:
                raise
            time.sleep(0.1 * attempt)
