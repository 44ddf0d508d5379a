"""Damage in a ledger: each answer has a checksum, and a copy of the ledger is kept.

A paid answer cannot be made again. So every answer is checked when a ledger is opened. A damaged
one is taken from the copy, and one that the copy does not have ends the run with one line.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from libra_emo.common.files import publish, write_json
from libra_emo.common.integrity.checksums import CHECKSUM_KEY, checksum, checksum_file
from libra_emo.common.parts import part_of
from libra_emo.llm.ledger.connection import Connection
from libra_emo.llm.ledger.errors import LedgerError

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS checksums (key TEXT PRIMARY KEY, crc32 TEXT NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS budgets_twice (name TEXT PRIMARY KEY, spent_nanousd INTEGER)",
)
# no REPLACE: the rule of the statement that fires a trigger counts in it
_MIRROR: Final = (
    "DELETE FROM budgets_twice WHERE name = NEW.name;"
    " INSERT INTO budgets_twice VALUES (NEW.name, NEW.spent_nanousd)"
)
TRIGGERS: Final = (
    "CREATE TRIGGER IF NOT EXISTS answer_less AFTER DELETE ON answers"
    " BEGIN DELETE FROM checksums WHERE key = OLD.key; END",
    f"CREATE TRIGGER IF NOT EXISTS budget_more AFTER INSERT ON budgets BEGIN {_MIRROR}; END",
    f"CREATE TRIGGER IF NOT EXISTS budget_else AFTER UPDATE ON budgets BEGIN {_MIRROR}; END",
)
_WITHOUT_CHECKSUM: Final = "SELECT * FROM answers WHERE key NOT IN (SELECT key FROM checksums)"
_ORPHANS: Final = "SELECT key, crc32 FROM checksums WHERE key NOT IN (SELECT key FROM answers)"
_OTHER_SUMS: Final = (
    "SELECT 1 FROM budgets b LEFT JOIN budgets_twice t ON b.name = t.name"
    " WHERE t.spent_nanousd IS NOT b.spent_nanousd"
    " UNION ALL SELECT 1 FROM budgets_twice t LEFT JOIN budgets b ON b.name = t.name"
    " WHERE b.name IS NULL LIMIT 1"
)

logger = logging.getLogger(__name__)


class DamagedLedgerError(LedgerError):
    """Answers or sums of a ledger are not as they were written, and the copy lacks them."""


def fill(connection: sqlite3.Connection) -> None:
    """Write what a ledger of an earlier version lacks, as its answers and sums are now."""
    connection.execute(
        "INSERT OR IGNORE INTO budgets_twice SELECT name, spent_nanousd FROM budgets"
    )
    for row in connection.execute(_WITHOUT_CHECKSUM).fetchall():
        write_checksum(connection, row[0])


def write_checksum(connection: Connection, key: str) -> None:
    """Write the checksum of an answer's row, in the transaction that wrote the row.

    A database server has checksums of its own.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    # as SQLite returns them: it may keep a value as another type
    values = tuple(connection.execute("SELECT * FROM answers WHERE key = ?", (key,)).fetchone())
    connection.execute("REPLACE INTO checksums VALUES (?, ?)", (key, _checksum(values)))


def mend_answers(path: Path, connection: sqlite3.Connection) -> None:
    """Check a ledger, and take damaged answers from its copy.

    Args:
        path: File of the ledger.
        connection: Connection to it that may write.

    Raises:
        DamagedLedgerError: If something is damaged that the copy does not have.
        sqlite3.Error: If the file as a whole cannot be read.
    """
    (structure,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if structure != "ok":
        raise _error(path, f"its structure is broken ({structure.splitlines()[-1]})")
    _mend_keys(connection)
    damaged = find_damaged(connection)
    if damaged:
        rows = _read_copied(copy_of(path), damaged)
        if len(rows) < len(damaged):
            left = sorted(set(damaged) - set(rows))
            raise _error(path, f"{len(left)} answers are damaged, the first is {left[0][:16]}")
        _restore(connection, rows)
        logger.warning("%s: %d damaged answers were taken from its copy", path, len(rows))
    if connection.execute(_OTHER_SUMS).fetchone() is not None:
        raise _error(path, "the sums that were spent are damaged")


def find_damaged(connection: sqlite3.Connection) -> list[str]:
    """Return the keys of answers that differ from their checksums, or whose rows are gone."""
    rows = connection.execute(
        "SELECT a.*, c.crc32 FROM answers a LEFT JOIN checksums c USING (key)"
    )
    found = {
        row["key"]
        for row in rows
        if row["crc32"] is not None and row["crc32"] != _checksum(row[:-1])
    }
    lost = {row[0] for row in connection.execute(_ORPHANS)}
    unknown = {row[0] for row in connection.execute(_WITHOUT_CHECKSUM)}
    return sorted(found | lost | unknown)


def copy_of(path: Path) -> Path:
    """Return the place of a ledger's copy."""
    return path.with_name(f".{path.name}.copy")


def keep_copy(path: Path, connection: Connection) -> None:
    """Write a copy of a ledger that was checked; one that cannot be written is a warning."""
    part = part_of(copy_of(path))
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
        publish(part, copy_of(path))
    except (sqlite3.Error, OSError) as error:
        logger.warning("%s: no copy of the answers was kept: %s", path, error)
    finally:
        part.unlink(missing_ok=True)


def write_sum(path: Path) -> None:
    """Write the checksum of a whole ledger that is closed; nothing where others have it open."""
    with suppress(OSError):
        if not _is_open_elsewhere(path):
            write_json(_sum_of(path), {CHECKSUM_KEY: checksum_file(path)})


def is_as_closed(path: Path) -> bool:
    """Return whether a ledger is, to the byte, as it was closed, so that no answer needs a check.

    After a kill, or while others have it open, it is not known, and each answer is checked.
    """
    try:
        known = json.loads(_sum_of(path).read_text(encoding="utf-8"))[CHECKSUM_KEY]
        return not _is_open_elsewhere(path) and bool(known == checksum_file(path))
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _is_open_elsewhere(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _sum_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.sum")


def describe_copy(path: Path) -> str:
    """Return in words where the last whole copy of a ledger is, and what to do with it."""
    copy = copy_of(path)
    try:
        when = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
    except OSError:
        return (
            "there is no copy; `kedro replay-answers` adds the answers of a recording to a new one"
        )
    return (
        f"the last whole copy is {copy} of {when:%Y-%m-%d %H:%M} UTC; move it to the ledger's place"
    )


def _checksum(values: Sequence[Any]) -> str:
    return checksum("\x1f".join(map(repr, values)).encode("utf-8", "surrogatepass"))


def _read_copied(copy: Path, keys: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Return the rows of a copy that are whole, among some keys."""
    if not copy.is_file():
        return {}
    found = {}
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            query = "SELECT a.*, c.crc32 FROM answers a JOIN checksums c USING (key) WHERE key = ?"
            for key in keys:
                row = connection.execute(query, (key,)).fetchone()
                if row is not None and row[-1] == _checksum(row[:-1]):
                    found[key] = row[:-1]
    except sqlite3.Error as error:
        logger.warning("%s: the copy cannot be read: %s", copy, error)
    return found


def _mend_keys(connection: sqlite3.Connection) -> None:
    """Mend keys that were damaged: of an answer, or of its checksum."""
    orphans = [tuple(row) for row in connection.execute(_ORPHANS)]
    for row in [tuple(row) for row in connection.execute(_WITHOUT_CHECKSUM)] if orphans else []:
        for key, found in orphans:
            if found == _checksum(row):
                connection.execute("UPDATE checksums SET key = ? WHERE key = ?", (row[0], key))
            elif found == _checksum((key, *row[1:])):
                connection.execute("UPDATE answers SET key = ? WHERE key = ?", (key, row[0]))


def _restore(connection: sqlite3.Connection, rows: dict[str, tuple[Any, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for key, row in rows.items():
        marks = ",".join("?" * len(row))
        connection.execute(f"REPLACE INTO answers VALUES ({marks})", row)  # noqa: S608 - marks only
        write_checksum(connection, key)
    connection.execute("COMMIT")


def _error(path: Path, damage: str) -> DamagedLedgerError:
    return DamagedLedgerError(f"{path}: {damage}; {describe_copy(path)}")
