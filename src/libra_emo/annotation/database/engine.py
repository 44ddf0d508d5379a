"""Engines of the store's database, which several processes can use at once."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from libra_emo.common.secrecy.database_urls import read_url

BUSY_SECONDS: Final = 60.0
TURN_SECONDS: Final = 0.001  # between two tries to write
WRITES: Final = "libra_emo_writes"
POOL_SIZE: Final = 10  # connections that a process keeps; more are opened and closed again
_WRITERS: WeakKeyDictionary[sa.Engine, threading.Lock] = WeakKeyDictionary()


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection in a writing transaction, which is committed at the end of the block."""
    with (
        _alone(engine),
        engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


def _alone(engine: sa.Engine) -> AbstractContextManager[Any]:
    """Let the threads of a process write one after the other.

    SQLite lets one connection write at a time, and the others ask again after ever longer sleeps.
    """
    return _WRITERS.get(engine, nullcontext())


def make_engine(url: str) -> sa.Engine:
    """Return the engine of a database; the folder of an SQLite file is created.

    Raises:
        ArgumentError: If the URL is not valid.
        ModuleNotFoundError: If the database's driver is not installed.
    """
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, pool_size=POOL_SIZE)
    pool: dict[str, Any] = {}
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        pool = {"pool_size": POOL_SIZE}
    engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, **pool)
    _WRITERS[engine] = threading.Lock()
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
    if not connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql("BEGIN")
    elif not _take_turn(connection.connection.dbapi_connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the error, with what SQLAlchemy adds to it


def _take_turn(connection: Any) -> bool:
    """Begin to write as soon as no other process writes; return whether that came in time.

    SQLite's own waiting asks again after sleeps of up to 100 ms, whenever the other one ends.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < deadline:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return True
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    return False
            time.sleep(TURN_SECONDS)
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
