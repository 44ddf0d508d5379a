"""Damage in a store of votes: each vote has a checksum, which is compared when votes are read.

A vote cannot be made again, so a damaged one ends the run with one line that names the last whole
copy of the store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from libra_emo.annotation.database.tables import VOTES
from libra_emo.common.integrity.checksums import DamagedFileError, checksum

KEY: Final = "crc32"
NO_CONTENT: Final = ("id", KEY)
COPY: Final = "data/01_raw/vote_records.parquet"
HELP: Final = (
    f"the last whole copy is {COPY}, as the run before wrote it: move the store away, and "
    f"`kedro restore-votes {COPY}` makes a new one from it"
)
_DAMAGED: Final = (
    *("malformed", "not a database", "decode", "disk image"),
    "unsupported file format",
)
_CONTENT: Final = [column for column in VOTES.columns if column.name not in NO_CONTENT]


class DamagedVotesError(DamagedFileError):
    """Votes of a store are not as they were written."""


def sealed(vote: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the votes with its checksum."""
    return {**vote, KEY: checksum_vote(vote)}


def checksum_vote(vote: Mapping[str, Any]) -> str:
    """Return the checksum of a row of the votes; a column that is missing has its default."""
    seconds = vote.get("seconds")
    values = {column.name: vote.get(column.name) for column in _CONTENT}
    values["seconds"] = None if seconds is None else float(seconds)
    values["blind"] = bool(vote.get("blind"))
    return checksum(json.dumps(values, sort_keys=True).encode())


def check_votes(connection: sa.Connection, campaign: str | None = None) -> None:
    """Compare votes with their checksums.

    Args:
        connection: Connection to the store.
        campaign: The campaign whose votes are checked; None for all votes.

    Raises:
        DamagedVotesError: Naming the first damaged vote.
    """
    query = sa.select(*_CONTENT, VOTES.c[KEY]).order_by(VOTES.c.id)
    if campaign is not None:
        query = query.where(VOTES.c.campaign == campaign)
    damaged = [
        row["vote_id"]
        for row in connection.execute(query).mappings()
        if row[KEY] != checksum_vote(dict(row))
    ]
    if damaged:
        raise DamagedVotesError(
            f"the store of votes is damaged: {len(damaged)} of its votes differ from what was "
            f"written, the first is {damaged[0]!r}; {HELP}"
        )


def check_structure(connection: sa.Connection) -> None:
    """Let SQLite compare all of a store's tables and indexes; other databases do it themselves.

    Raises:
        DamagedVotesError: Naming what SQLite found.
    """
    if connection.dialect.name != "sqlite":
        return
    found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
    if found != "ok":
        raise DamagedVotesError(f"the store of votes is damaged ({found.splitlines()[-1]}); {HELP}")


def find_remedy(cause: str) -> str:
    """Return what helps against an error of the database."""
    plain = cause.casefold()
    if "full" in plain or "no space" in plain or "disk i/o" in plain:
        return "make room on its disk and run again"
    if any(sign in plain for sign in _DAMAGED):
        return f"check `annotation_store` in the credentials; if the file is right, {HELP}"
    if "locked" in plain:
        return "end the program that keeps it locked, and run again"
    return "check `annotation_store` in the credentials"
