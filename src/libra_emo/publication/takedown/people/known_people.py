"""The people that a project knows of: in stores, tables of votes, lists and releases."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from libra_emo.annotation.exchange.pseudonyms import CHARACTERS, SECRET
from libra_emo.annotation.identity.names import name_key
from libra_emo.publication.takedown.contents.filtering import CannotFilter
from libra_emo.publication.takedown.contents.search import open_quietly
from libra_emo.publication.takedown.people.tables import read_text, split_rows
from libra_emo.publication.takedown.remote_reading import (
    list_remote_tables,
    opened,
    read_rows,
)
from libra_emo.publication.takedown.stores import find_stores_elsewhere

PSEUDONYM: Final = "annotator-"
LEAD: Final = "lead"
_COLUMNS: Final = ("annotator", "worker")
_TABLES: Final = ("04_feature/**/*.parquet", "01_raw/*.parquet")
_RELEASED: Final = "09_release/*/tables/votes.parquet"
_LISTS: Final = ("01_raw/**/*.csv", "01_raw/**/*.tsv")
_STORED: Final = ("annotators", "links", "server_secrets", "campaigns")


@dataclass
class KnownPerson:
    """What is known of a person.

    Attributes:
        names: Spellings of the name.
        tokens: Pseudonyms, and ids and digests of links.
        roles: Roles in the stores.
    """

    names: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)


@dataclass
class KnownPeople:
    """Everybody that a project knows of.

    Attributes:
        people: People by the key of their names.
        pseudonyms: Pseudonyms in releases.
        closed: Campaigns that take no more votes.
    """

    people: dict[str, KnownPerson] = field(default_factory=dict)
    pseudonyms: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    def person(self, name: str) -> KnownPerson:
        """Return what is known of the person of a name, who is known from now on."""
        return self.people.setdefault(name_key(name), KnownPerson())

    def add_name(self, value: Any) -> None:
        """Note a name of somebody who voted."""
        if not isinstance(value, str) or not name_key(value):
            return
        if value.startswith(PSEUDONYM):
            self.pseudonyms.add(value)
        else:
            self.person(value).names.add(value.strip())


def list_people(project: Path) -> KnownPeople:
    """Return whom stores, tables of votes, lists and releases of a project name.

    What cannot be read is left out, but for a store, since its rows would stay.

    Raises:
        TakedownError: If a store on a server cannot be reached.
    """
    known, data = KnownPeople(), project / "data"
    for path in sorted(data.glob("01_raw/**/*.sqlite")):
        _add_store(known, _read_store(path))
    for place in find_stores_elsewhere(project):
        with opened(project, place) as connection:
            tables = [one for one in list_remote_tables(connection) if one.name in _STORED]
            _add_store(known, {one.name: list(read_rows(connection, one)) for one in tables})
    for pattern in (*_TABLES, _RELEASED):
        for path in sorted(data.glob(pattern)):
            for name in _read_table(path, "agent" if pattern == _RELEASED else None):
                known.add_name(name) if pattern != _RELEASED else _add_released(known, name)
    for pattern in _LISTS:
        for path in sorted(data.glob(pattern)):
            for name in _read_list(path):
                known.add_name(name)
    return known


def _add_released(known: KnownPeople, name: Any) -> None:
    if isinstance(name, str) and name.startswith(PSEUDONYM):
        known.pseudonyms.add(name)


def _add_store(known: KnownPeople, tables: dict[str, list[dict[str, Any]]]) -> None:
    secrets = {row["name"]: row["value"] for row in tables.get("server_secrets", ())}
    secret = secrets.get(SECRET)
    for row in tables.get("annotators", ()):
        person = known.person(row["name"])
        person.names.add(row["name"])
        person.roles |= {row["role"]} if row["active"] else set()
        if secret is not None:
            text = row["key"].encode("utf-8", "surrogateescape")
            digest = hmac.digest(secret.encode(), text, "sha256").hex()[:CHARACTERS]
            person.tokens.add(f"{PSEUDONYM}{digest}")
    for row in tables.get("links", ()):
        known.person(row["annotator"]).tokens |= {row["id"], row["digest"]}
    known.closed |= {row["name"] for row in tables.get("campaigns", ()) if row.get("closed_at")}


def _read_store(path: Path) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for name in _STORED:
        try:
            with closing(open_quietly(path)) as connection:
                connection.row_factory = sqlite3.Row
                rows = connection.execute(f"SELECT * FROM {name}")  # noqa: S608 - names of ours
                tables[name] = [dict(row) for row in rows]
        except sqlite3.Error:  # a store of an earlier version, or of another kind
            continue
    return tables


def _read_table(path: Path, column: str | None) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
        wanted = [name for name in ([column] if column else _COLUMNS) if name in names]
        table = pq.read_table(path, columns=wanted)
    except (pa.ArrowException, OSError, ValueError):
        return
    for name in wanted:
        yield from table.column(name).unique().to_pylist()


def _read_list(path: Path) -> Iterator[str]:
    try:
        rows = split_rows(read_text(path.read_bytes())[0])
    except (CannotFilter, OSError):
        return
    header: list[str] | None = None
    for row, *_ in rows:
        if header is None:
            names = [cell.removeprefix("\ufeff").strip().lower() for cell in row]
            header = names if any(name in _COLUMNS for name in names) else None
            continue
        for name, cell in zip(header, row, strict=False):
            if name in _COLUMNS and cell.strip():
                yield cell.strip()
