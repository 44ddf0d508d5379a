"""The ledger's SQLite file and its tables."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Final

BUSY_SECONDS: Final = 60.0
VERSION: Final = 4

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
    """Return a connection to a ledger whose tables exist; several processes may connect at once."""
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
    """Bring a ledger of version 3 or older up to date: what was reserved counts as lost."""
    columns = [row["name"] for row in connection.execute("PRAGMA table_info(reservations)")]
    if columns and "lost_nanousd" not in columns:
        connection.execute("ALTER TABLE reservations ADD COLUMN lost_nanousd INTEGER")
        connection.execute("UPDATE reservations SET lost_nanousd = nanousd")


def _set_wal(connection: sqlite3.Connection) -> None:
    """Let readers go on while one process writes.

    SQLite does not wait for other processes at this statement, so it is tried again.
    """
    for attempt in range(100):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.05)
