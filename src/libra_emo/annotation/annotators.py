"""The register of annotators: who may vote, under which name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from libra_emo.annotation.database.tables import ANNOTATORS
from libra_emo.annotation.database.withdrawals import refuse_withdrawn
from libra_emo.annotation.identity.names import check_name, name_key
from libra_emo.errors import LibraEmoError

ROLES: Final = ("annotator", "adjudicator", "lead")
PERSON: Final = tuple(ANNOTATORS.c[name] for name in ("key", "name", "role", "active", "added_at"))
_EVERYBODY: Final = sa.select(*PERSON)


class UnknownAnnotator(LibraEmoError):
    """A name is not in the register."""


@dataclass(frozen=True)
class Annotator:
    """A person who may vote.

    Attributes:
        key: What is compared of the name, see `name_key`.
        name: The name as it was registered.
        role: annotator, adjudicator or lead.
        active: Whether clips are given to this person; votes that were given count in any case.
        added_at: When the person was registered, ISO 8601 in UTC.
    """

    key: str
    name: str
    role: str
    active: bool
    added_at: str


def read_annotators(connection: sa.Connection) -> dict[str, Annotator]:
    """Return every registered person by key, sorted."""
    people = [Annotator(*row) for row in connection.execute(_EVERYBODY)]
    return {person.key: person for person in sorted(people, key=lambda person: person.key)}


def add_annotators(
    connection: sa.Connection, names: Iterable[str], role: str, now: str
) -> tuple[list[Annotator], list[Annotator]]:
    """Register people, and return those who are new and those who were there.

    Whoever is there and does not take part at present takes part again.

    Raises:
        AnnotatorNameError: If a name cannot be one, or is of somebody who withdrew; nobody is
            registered then.
    """
    names = list(names)
    refuse_withdrawn(connection, names)
    known = read_annotators(connection)
    wanted = {name_key(shown): shown for shown in map(check_name, names)}
    new, there = [], []
    for key, name in wanted.items():
        person = Annotator(key, name, role, True, now)
        if key not in known and insert_annotator(connection, person):
            new.append(person)
        else:
            change_annotator(connection, key, active=True)
            there.append(known.get(key, person))
    return new, there


def insert_annotator(connection: sa.Connection, person: Annotator) -> bool:
    """Register a person; return False if another process did so in the meantime."""
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(ANNOTATORS), dict(vars(person)))
    except sa.exc.IntegrityError:
        return False
    return True


def change_annotator(connection: sa.Connection, key: str, **values: Any) -> None:
    """Change what the register says of a person: name, role or active."""
    connection.execute(sa.update(ANNOTATORS).where(ANNOTATORS.c.key == key).values(**values))


def find_keys(names: Iterable[str], known: dict[str, Annotator]) -> Callable[[str], str]:
    """Return a function from the given names to the keys of registered people.

    Raises:
        UnknownAnnotator: If somebody is not registered; the message lists who is.
    """
    keys = {name: name_key(name) for name in set(names)}
    unknown = sorted({name for name, key in keys.items() if key not in known})
    if unknown:
        raise UnknownAnnotator(describe_unknown(unknown, known))
    return keys.__getitem__


def describe_unknown(names: list[str], known: dict[str, Annotator]) -> str:
    """Return the message about names that are not registered."""
    registered = ", ".join(person.name for person in known.values()) or "nobody"
    return (
        f"not registered: {', '.join(map(repr, names))}; registered: {registered}. Correct the "
        "name, or register the person with `kedro annotators add NAME`"
    )
