"""A ledger in an SQLite file, for all processes of one machine."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from libra_emo.llm.ledger import integrity
from libra_emo.llm.ledger.connection import Connection
from libra_emo.llm.ledger.errors import LedgerError, explain_error
from libra_emo.llm.ledger.liveness import OwnerLocks
from libra_emo.llm.ledger.schema import connect


class SqliteFile:
    """The file of a ledger, with its checksums and its copy.

    Args:
        path: The file; it is made when it is missing.

    Attributes:
        name: What messages call it.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    def open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        """Return a connection for reading and one for writing, to answers that were checked.

        Raises:
            LedgerError: If the file is no ledger or cannot be opened.
        """
        try:
            checked = integrity.is_as_closed(self._path)
            reading, writing = connect(self._path), connect(self._path)
            if not checked:
                integrity.mend_answers(self._path, writing)
        except (sqlite3.Error, OSError) as error:
            copy = integrity.describe_copy(self._path)
            raise LedgerError(
                f"{self._path}: cannot be opened as a ledger: {error}; {copy}"
            ) from error
        return reading, writing

    def owners(self, reading: Connection, writing: Connection) -> OwnerLocks:
        """Return the locks by which living owners are known."""
        return OwnerLocks(self._path.with_name(f".{self._path.name}.running"))

    def begin(self, connection: Connection, durable: bool) -> None:
        """Begin a transaction that writes; the other processes wait for its end."""
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.execute("BEGIN IMMEDIATE")

    def explain(self, error: Exception) -> LedgerError:
        """Return an error of the database as a line that names the ledger."""
        return explain_error(self.name, error)

    def keep_copy(self, reading: Connection) -> None:
        """Write a copy of the answers."""
        integrity.keep_copy(self._path, reading)

    def closed(self) -> None:
        """Note how the file is when nobody has it open."""
        integrity.write_sum(self._path)
