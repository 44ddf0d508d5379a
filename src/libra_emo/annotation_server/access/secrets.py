"""What the server signs and derives from its secret: sessions, and tokens instead of names."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeTimedSerializer

from libra_emo.annotation.database.tables import SERVER_SECRETS
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.sound_check import FEWEST, MOST

TOKEN_CHARACTERS: Final = 40
_DAY_SECONDS: Final = 86_400


class ServerSecret:
    """The secret of a store's servers. All processes that serve a store have the same one.

    Args:
        value: The secret text.
    """

    def __init__(self, value: str) -> None:
        self._key = value.encode()
        self._sessions = URLSafeTimedSerializer(value, salt="session")
        self._sounds = URLSafeTimedSerializer(value, salt="sound")

    def task(self, annotator: str, campaign: str, clip_key: str) -> str:
        """Return the name that a clip has for one person in one campaign."""
        return self._derive("task", annotator, campaign, clip_key)

    def campaign(self, annotator: str, campaign: str) -> str:
        """Return the name that a campaign has for one person."""
        return self._derive("campaign", annotator, campaign)

    def person(self, annotator: str) -> str:
        """Return the name that stands for a person in pages."""
        return self._derive("person", annotator)

    def clip(self, clip_key: str) -> str:
        """Return the name that a clip has on the pages of leads."""
        return self._derive("clip", clip_key)

    def csrf(self, link: str) -> str:
        """Return what requests of a session that change something must repeat."""
        return self._derive("csrf", link)

    def sign_session(self, link: str) -> str:
        """Return the cookie of a session that a link began."""
        return self._sessions.dumps(link)

    def read_session(self, cookie: str, days: int) -> str | None:
        """Return the id of the link that began a session, or None if the cookie is not valid."""
        try:
            return str(self._sessions.loads(cookie, max_age=days * _DAY_SECONDS))
        except BadSignature:
            return None

    def draw_tones(self, link: str, attempt: int) -> int:
        """Return how many tones the sound check of a session plays at an attempt."""
        drawn = int(self._derive("tones", link, str(attempt)), 16)
        return FEWEST + drawn % (MOST - FEWEST + 1)

    def sign_sound(self, link: str, heard: bool) -> str:
        """Return the cookie of a session whose sound was checked."""
        return self._sounds.dumps([link, heard])

    def read_sound(self, cookie: str, link: str, hours: int) -> bool | None:
        """Return whether the person of a session hears clips, or None if that is not known."""
        try:
            checked, heard = self._sounds.loads(cookie, max_age=hours * 3600)
        except (BadSignature, ValueError, TypeError):
            return None
        return bool(heard) if checked == link else None

    def _derive(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogateescape")
        return hmac.digest(self._key, text, "sha256").hex()[:TOKEN_CHARACTERS]


def read_secret(store: VoteStore) -> ServerSecret:
    """Return the secret of a store's servers; the first call draws it."""
    query = sa.select(SERVER_SECRETS.c.value).where(SERVER_SECRETS.c.name == "signing")
    with store.reading() as connection:
        found = connection.execute(query).scalar()
    if found is None:
        with store.writing() as connection:
            _draw(connection)
            found = connection.execute(query).scalar_one()
    return ServerSecret(found)


def _draw(connection: sa.Connection) -> None:
    row = {"name": "signing", "value": secrets.token_urlsafe(32)}
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(SERVER_SECRETS).values(row))
    except sa.exc.IntegrityError:  # another process drew one in the meantime
        return
