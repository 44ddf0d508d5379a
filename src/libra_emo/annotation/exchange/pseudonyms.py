"""Names that stand for people in exported tables; only the store knows whose they are."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from libra_emo.annotation.database.tables import SERVER_SECRETS
from libra_emo.annotation.store import VoteStore

SECRET: Final = "pseudonyms"  # noqa: S105 - the name of the row that holds it
CHARACTERS: Final = 10


def make_pseudonyms(store: VoteStore, keys: Iterable[str]) -> dict[str, str]:
    """Return a pseudonym of each person by key, always the same in one store.

    Args:
        store: Store that holds the secret; the first call draws it.
        keys: Keys of people.
    """
    secret = _read_secret(store).encode()
    return {key: f"annotator-{_digest(secret, key)}" for key in keys}


def _digest(secret: bytes, key: str) -> str:
    text = key.encode("utf-8", "surrogateescape")
    return hmac.digest(secret, text, "sha256").hex()[:CHARACTERS]


def _read_secret(store: VoteStore) -> str:
    query = sa.select(SERVER_SECRETS.c.value).where(SERVER_SECRETS.c.name == SECRET)
    with store.reading() as connection:
        found = connection.execute(query).scalar()
    if found is not None:
        return str(found)
    with store.writing() as connection:
        row = {"name": SECRET, "value": secrets.token_urlsafe(32)}
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(SERVER_SECRETS).values(row))
        except sa.exc.IntegrityError:  # another process drew one in the meantime
            pass
        return str(connection.execute(query).scalar_one())
