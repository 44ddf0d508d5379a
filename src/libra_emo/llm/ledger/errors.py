"""Errors of the ledger, each in one line that says what to do."""

from __future__ import annotations

import sqlite3
from typing import Final

from libra_emo.errors import LibraEmoError

_CAUSES: Final = (
    ("full", "the disk is full; make room and run again"),
    ("locked", "another program keeps it locked; end that program and run again"),
    ("busy", "another program keeps it locked; end that program and run again"),
    ("readonly", "it may not be written; check the rights of the file and its folder"),
    ("malformed", "it is damaged; restore it from a copy, or from a recording of its answers"),
    ("not a database", "it is no database"),
    ("disk i/o", "the disk does not take it; check the disk and its free space, and run again"),
    ("unable to open", "it cannot be opened; check that its folder exists and may be written"),
)


class LedgerError(LibraEmoError):
    """The ledger cannot be used, or an answer that is to be added is wrong."""


def explain_error(name: str, error: Exception) -> LedgerError:
    """Return an error of SQLite or the file system as a line that names the ledger."""
    text = " ".join(str(error).split())
    plain = text.casefold()
    cause = next((why for word, why in _CAUSES if word in plain), "it cannot be used")
    if isinstance(error, (sqlite3.Error, OSError)):
        return LedgerError(f"{name}: {cause} ({text})")
    return LedgerError(f"{name}: {text}")
