"""The changes of stores that are no files of the project's data: which rows go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from libra_emo.common.takedowns.store_changes import Change, StoreChanges
from libra_emo.publication.takedown.contents.databases import ANSWERS, LINKS
from libra_emo.publication.takedown.needles import Needles
from libra_emo.publication.takedown.people.databases import find_rows
from libra_emo.publication.takedown.people.person import Person
from libra_emo.publication.takedown.remote_reading import (
    LEDGER,
    RemoteTable,
    list_remote_tables,
    opened,
    read_rows,
)
from libra_emo.publication.takedown.stores import find_stores_elsewhere

PERSON: Final = "annotator"


def find_changes(
    project: Path, subject: Needles | Person
) -> list[tuple[StoreChanges, Counter[str]]]:
    """Return the changes of each store that is elsewhere, with how many rows go, by table.

    Raises:
        TakedownError: If a store cannot be reached.
    """
    found = []
    for place in find_stores_elsewhere(project):
        with opened(project, place) as connection:
            tables = list_remote_tables(connection)
            if isinstance(subject, Person):
                made = list(_leave_out_person(connection, tables, subject))
            else:
                made = list(_leave_out_films(connection, tables, subject))
        counts = Counter[str]()
        for change, rows in made:
            counts[f"{place}, {change.table}"] += rows if change.values is None else 0
        if made:
            found.append((StoreChanges(place, [change for change, _ in made]), +counts))
    return found


def _key_of(table: RemoteTable, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in table.key}


def _leave_out_films(
    connection: Any, tables: list[RemoteTable], needles: Needles
) -> Iterator[tuple[Change, int]]:
    """Give the removals of rows that name films, and of those that belong to them."""
    gone: dict[tuple[str | None, str], list[dict[str, Any]]] = {}
    linked: set[tuple[str | None, str, Any]] = set()
    for table in tables:
        links = _links_of(table)
        for row in read_rows(connection, table):
            if needles.in_value([value for value in row.values() if isinstance(value, str)]):
                gone.setdefault((table.schema, table.name), []).append(_key_of(table, row))
                linked |= {(table.schema, name, row[name]) for name in links}
    for table in _children_first(tables):
        keys = gone.get((table.schema, table.name), [])
        for key in keys:
            yield Change(table.name, key, table.schema), 1
        for name in _links_of(table) if linked else ():
            for row in read_rows(connection, table):
                own = (table.schema, name, row[name])
                if own in linked and _key_of(table, row) not in keys:
                    yield Change(table.name, _key_of(table, row), table.schema), 1


def _links_of(table: RemoteTable) -> list[str]:
    links = (*LINKS, "key") if table.name in LEDGER else LINKS
    return [name for name in links if name in table.columns]


def _children_first(tables: Iterable[RemoteTable]) -> list[RemoteTable]:
    """Return tables such that rows which others need come last."""
    last = ("votes", "campaign_clips", ANSWERS, "annotators", "campaigns")
    return sorted(
        tables, key=lambda table: (table.name in last, [*last, table.name].index(table.name))
    )


def _leave_out_person(
    connection: Any, tables: list[RemoteTable], person: Person
) -> Iterator[tuple[Change, int]]:
    """Give the removals of a person's rows, and the changes of rows that mention the person.

    A person's rows are named by the person, so that those which come meanwhile go as well.
    """
    by_schema: dict[str | None, dict[str, RemoteTable]] = {}
    for table in tables:
        by_schema.setdefault(table.schema, {})[table.name] = table
    for schema, known in by_schema.items():
        columns = {name: list(table.columns) for name, table in known.items()}
        gone, changed = find_rows(columns, partial(_read_keyed, connection, known), person)
        for table in _children_first(known.values()):
            keys = gone.get(table.name, [])
            for change in _remove_of_person(table, keys, person, schema):
                yield change, 0
            for key in keys:
                yield Change(table.name, dict(key), schema), 1
            for key, values in changed.get(table.name, {}).items():
                yield Change(table.name, dict(key), schema, values), 0


def _read_keyed(
    connection: Any, known: Mapping[str, RemoteTable], name: str, _columns: list[str]
) -> Iterator[tuple[Any, dict[str, Any]]]:
    for row in read_rows(connection, known[name]):
        yield tuple(_key_of(known[name], row).items()), row


def _remove_of_person(
    table: RemoteTable, keys: list[Any], person: Person, schema: str | None
) -> Iterator[Change]:
    if not keys:
        return
    for own in sorted(person.keys):
        if table.name == "vote_details":
            yield Change(table.name, {PERSON: own}, schema, through=("votes", "vote_id"))
        elif PERSON in table.columns:
            yield Change(table.name, {PERSON: own}, schema)
