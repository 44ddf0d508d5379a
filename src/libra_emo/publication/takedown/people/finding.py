"""Which person a takedown means, by name, pseudonym or the id of a link."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

from libra_emo.annotation.identity.names import name_key
from libra_emo.annotation.simulated import ADJUDICATOR
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.people.known_people import (
    LEAD,
    KnownPeople,
    KnownPerson,
)
from libra_emo.publication.takedown.people.person import Person, join_names

NEAR: Final = 3
SIMULATED: Final = re.compile(rf"simulated_\d+|{ADJUDICATOR}")


def find_person(value: str, known: KnownPeople) -> Person:
    """Return the person that a name, a pseudonym or the id of a link means.

    Args:
        value: What was asked for.
        known: Everybody that the project knows of.

    Raises:
        TakedownError: If nobody is known by it, or it is a simulated annotator.
    """
    wanted = value.strip()
    if SIMULATED.fullmatch(name_key(wanted)):
        raise TakedownError(
            f"{wanted} is a simulated annotator, a program: nobody can withdraw. How many there "
            "are is set by `annotation.simulated.annotators`. Nothing was changed"
        )
    found = [
        key
        for key, person in known.people.items()
        if key == name_key(wanted) or wanted in person.tokens
    ]
    if not found and wanted not in known.pseudonyms:
        raise TakedownError(_describe_unknown(wanted, known))
    meant = KnownPerson(tokens=set() if found else {wanted})
    for key in found:
        meant.names |= known.people[key].names
        meant.tokens |= known.people[key].tokens
    others = [name for key, one in known.people.items() if key not in found for name in one.names]
    return Person(join_names(meant.names), join_names(meant.tokens), join_names(others))


def list_consequences(person: Person, known: KnownPeople) -> list[str]:
    """Return what is to be done after a person has left: another lead, closed campaigns."""
    lines = []
    roles = {role for key in person.keys if key in known.people for role in known.people[key].roles}
    rest = [one for key, one in known.people.items() if key not in person.keys]
    if LEAD in roles and not any(LEAD in one.roles for one in rest):
        lines.append(
            "this was the only lead: `kedro annotators add NAME --role lead` registers another one"
        )
    lines += [
        f"campaign {name!r} is closed: `kedro campaigns reopen {name}` lets others answer for the "
        "clips that lack votes now"
        for name in sorted(known.closed)
    ]
    return lines


def _describe_unknown(value: str, known: KnownPeople) -> str:
    names: Iterable[str] = {name for one in known.people.values() for name in one.names}
    near = difflib.get_close_matches(value, sorted({*names, *known.pseudonyms}), NEAR, 0.6)
    hint = f"; near: {', '.join(near)}" if near else ""
    return f"no annotator has the name, pseudonym or link {value!r}, and nothing was changed{hint}"
