"""The ledger's SQLite file and its tables."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Final

from libra_emo.llm.ledger import integrity

BUSY_SECONDS: Final = 60.0
VERSION: Final = 6

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
    answered_at TEXT,
    logprobs TEXT
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
CREATE TABLE IF NOT EXISTS held (
    budget TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    calls INTEGER NOT NULL,
    nanousd INTEGER NOT NULL,
    lost_nanousd INTEGER NOT NULL,
    PRIMARY KEY (budget, owner, state)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS plain_models (model TEXT PRIMARY KEY);
CREATE INDEX IF NOT EXISTS batched_token ON batched (token);
CREATE INDEX IF NOT EXISTS reservation_owner ON reservations (owner, state);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_call ON reservations (key) WHERE state = 'open';
"""
# `held` has the sums of the reservations, so that no question has to add them up again
_ADD = (
    "INSERT INTO held VALUES"
    " (NEW.budget, NEW.owner, NEW.state, 1, NEW.nanousd, NEW.lost_nanousd)"
    " ON CONFLICT (budget, owner, state) DO UPDATE SET calls = calls + 1,"
    " nanousd = nanousd + excluded.nanousd, lost_nanousd = lost_nanousd + excluded.lost_nanousd"
)
_SUBTRACT = (
    "UPDATE held SET calls = calls - 1, nanousd = nanousd - OLD.nanousd,"
    " lost_nanousd = lost_nanousd - OLD.lost_nanousd"
    " WHERE budget = OLD.budget AND owner = OLD.owner AND state = OLD.state;"
    " DELETE FROM held WHERE calls = 0 AND budget = OLD.budget AND owner = OLD.owner"
    " AND state = OLD.state"
)
_TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS held_more AFTER INSERT ON reservations BEGIN {_ADD}; END",
    f"CREATE TRIGGER IF NOT EXISTS held_less AFTER DELETE ON reservations BEGIN {_SUBTRACT}; END",
    "CREATE TRIGGER IF NOT EXISTS held_else AFTER UPDATE ON reservations"
    f" BEGIN {_SUBTRACT}; {_ADD}; END",
)
_FILL_HELD = (
    "INSERT INTO held SELECT budget, owner, state, COUNT(*), SUM(nanousd), SUM(lost_nanousd)"
    " FROM reservations GROUP BY budget, owner, state"
)


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
        _add_columns(connection)
        fill = ("DELETE FROM held", _FILL_HELD)
        tables = (*_TABLES.split(";\n"), *integrity.TABLES)
        for statement in (*tables, *_TRIGGERS, *integrity.TRIGGERS, *fill):
            connection.execute(statement)
        integrity.fill(connection)
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    return connection


def _add_columns(connection: sqlite3.Connection) -> None:
    """Bring an older ledger up to date: what was reserved counts as lost, nothing has logprobs."""
    if _lacks(connection, "reservations", "lost_nanousd"):
        connection.execute("ALTER TABLE reservations ADD COLUMN lost_nanousd INTEGER")
        connection.execute("UPDATE reservations SET lost_nanousd = nanousd")
    if _lacks(connection, "answers", "logprobs"):
        connection.execute("ALTER TABLE answers ADD COLUMN logprobs TEXT")


def _lacks(connection: sqlite3.Connection, table: str, column: str) -> bool:
    columns = [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
    return bool(columns) and column not in columns


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
