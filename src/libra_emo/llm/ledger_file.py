"""The ledger's SQLite file: its tables, its one writing thread, and who is still alive."""

from __future__ import annotations

import fcntl
import os
import queue
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, NamedTuple

from libra_emo.llm.money import BATCH_OWNER

BUSY_SECONDS: Final = 60.0
LARGEST_BATCH: Final = 128
VERSION: Final = 4
Work = Callable[[sqlite3.Connection], Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    asked TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('answered', 'failed')),
    reply TEXT,
    finish TEXT,
    error TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cost_nanousd INTEGER,
    seconds REAL,
    answered_at TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS budgets (name TEXT PRIMARY KEY, spent_nanousd INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    budget TEXT NOT NULL,
    nanousd INTEGER NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'lost')),
    lost_nanousd INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS surprises (model TEXT PRIMARY KEY, ratio REAL NOT NULL);
CREATE TABLE IF NOT EXISTS open_batches (
    token TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    id TEXT,
    owner TEXT NOT NULL,
    made_at TEXT
);
CREATE TABLE IF NOT EXISTS batched (
    key TEXT NOT NULL,
    token TEXT NOT NULL,
    reservation INTEGER NOT NULL,
    asked TEXT NOT NULL,
    PRIMARY KEY (key, token)
);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_call ON reservations (key) WHERE state = 'open';
"""


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection that other processes may have beside it; its tables exist."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    _set_wal(connection)
    if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
        connection.execute("BEGIN IMMEDIATE")
        _add_lost(connection)
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    return connection


def _add_lost(connection: sqlite3.Connection) -> None:
    """Bring a ledger of version 3 or less to today's: what was held was what is lost."""
    columns = [row["name"] for row in connection.execute("PRAGMA table_info(reservations)")]
    if columns and "lost_nanousd" not in columns:
        connection.execute("ALTER TABLE reservations ADD COLUMN lost_nanousd INTEGER")
        connection.execute("UPDATE reservations SET lost_nanousd = nanousd")


def _set_wal(connection: sqlite3.Connection) -> None:
    """Let readers go on while one writes; SQLite does not wait for others here, so we do."""
    for attempt in range(100):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.05)


class _Item(NamedTuple):
    """A piece of work that waits."""

    work: Work
    future: Future[Any]
    durable: bool


class Writer(threading.Thread):
    """Does one piece of work after another, those that wait together in one transaction.

    A commit reaches the disk before the work counts as done; sharing it is what lets many calls
    at once be recorded without one waiting for the other's commit. Work that is not durable
    outlives its process, however that ends, but perhaps not a power cut right after.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(name="answers-ledger", daemon=True)
        self._connection = connection
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self.start()

    def submit(self, work: Work, durable: bool = True) -> Future[Any]:
        """Return the future of a piece of work, done once it is written."""
        future: Future[Any] = Future()
        self._queue.put(_Item(work, future, durable))
        return future

    def close(self) -> None:
        """Finish what waits and end."""
        self._queue.put(None)
        self.join()
        self._connection.close()

    def run(self) -> None:
        """Work until closed."""
        while (first := self._queue.get()) is not None:
            batch, closing = [first], False
            while len(batch) < LARGEST_BATCH and not closing:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    closing = True
                else:
                    batch.append(item)
            self._commit(batch)
            if closing:
                return

    def _commit(self, batch: list[_Item]) -> None:
        wanted = [item for item in batch if item.future.set_running_or_notify_cancel()]
        ended: list[tuple[Future[Any], Any, BaseException | None]] = []
        level = "FULL" if any(item.durable for item in wanted) else "NORMAL"
        try:
            self._connection.execute(f"PRAGMA synchronous={level}")
            self._connection.execute("BEGIN IMMEDIATE")
            for work, future, _ in wanted:
                self._connection.execute("SAVEPOINT one")
                try:
                    ended.append((future, work(self._connection), None))
                except Exception as error:  # handed to whoever asked for the work
                    self._connection.execute("ROLLBACK TO one")
                    ended.append((future, None, error))
                self._connection.execute("RELEASE one")
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            ended = [(future, None, error) for _, future, _ in wanted]
        for future, result, failure in ended:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


class Presence:
    """Shows other processes that this one is alive, by a lock that its end frees.

    Args:
        folder: Where each owner of open calls has its file.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.owner = uuid.uuid4().hex
        self._folder = folder
        self._path = folder / self.owner
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT)
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def is_alive(self, owner: str) -> bool:
        """Tell whether an owner's process still runs; the file of one that does not goes.

        A batch is always alive: it is its provider that works, and its end gives back all it holds.
        """
        if owner == self.owner or owner.startswith(BATCH_OWNER):
            return True
        path = self._folder / owner
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)

    def close(self) -> None:
        """Count as gone."""
        self._path.unlink(missing_ok=True)
        os.close(self._handle)
