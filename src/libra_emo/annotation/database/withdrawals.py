"""People who withdrew: a store knows them by salted digests, and takes them in no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from libra_emo.annotation.database.tables import SERVER_SECRETS
from libra_emo.annotation.identity.names import AnnotatorNameError, name_key
from libra_emo.common.takedowns.log import PERSON, salt_value

if TYPE_CHECKING:
    from libra_emo.annotation.store import VoteStore

PREFIX: Final = "withdrawn:"
REFUSED: Final = "the person of this row withdrew, so it is not taken; remove it from the file"


class WithdrawnAnnotatorError(AnnotatorNameError):
    """Somebody who withdrew would be registered again."""


def remember_withdrawn(store: VoteStore, digests: Iterable[tuple[str, str]]) -> None:
    """Let a store know who withdrew.

    Args:
        store: The store; it is not opened if nobody withdrew.
        digests: Salts and salted digests, see `TakedownLog.withdrawn`.
    """
    wanted = sorted(set(digests))
    if not wanted:
        return
    query = sa.select(SERVER_SECRETS.c.name).where(SERVER_SECRETS.c.name.startswith(PREFIX))
    with store.writing() as connection:
        known = set(connection.execute(query).scalars())
        named = [{"name": f"{PREFIX}{digest}", "value": salt} for salt, digest in wanted]
        if new := [row for row in named if row["name"] not in known]:
            connection.execute(sa.insert(SERVER_SECRETS), new)


def read_withdrawn(connection: sa.Connection) -> Callable[[str], bool]:
    """Return a function that says whether a name or a pseudonym is of somebody who withdrew."""
    columns = (SERVER_SECRETS.c.name, SERVER_SECRETS.c.value)
    query = sa.select(*columns).where(SERVER_SECRETS.c.name.startswith(PREFIX))
    rows = connection.execute(query).all()
    digests = {name.removeprefix(PREFIX) for name, _ in rows}
    salts = {salt for _, salt in rows}

    def is_withdrawn(name: str) -> bool:
        forms = {name_key(name), name.strip()}
        return any(salt_value(salt, PERSON, form) in digests for salt in salts for form in forms)

    return is_withdrawn


def refuse_withdrawn(connection: sa.Connection, names: Iterable[str]) -> None:
    """Raise if one of some names is of somebody who withdrew; the message has no name.

    Raises:
        WithdrawnAnnotatorError: With the place of the name among them.
    """
    is_withdrawn = read_withdrawn(connection)
    for place, name in enumerate(names, start=1):
        if is_withdrawn(name):
            raise WithdrawnAnnotatorError(
                f"name {place} is of a person who withdrew, and nobody was registered; a person "
                "who comes back, or has the same name, takes another one"
            )
