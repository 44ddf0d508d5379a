"""Which clip a person gets next: nobody twice, and never more people than a clip needs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.database.tables import ASSIGNMENTS
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.secrets import ServerSecret
from libra_emo.annotation_server.assignments.campaigns import Duty
from libra_emo.annotation_server.assignments.choosing import Chooser, Search, Task
from libra_emo.annotation_server.grouped_writes import GroupedWrites

RENEWED_SHARE: Final = 0.1  # of a lease that may have passed before it is renewed
_OWN: Final = sa.select(*(ASSIGNMENTS.c[name] for name in ("token", "campaign", "clip_key"))).where(
    ASSIGNMENTS.c.token == sa.bindparam("token"),
    ASSIGNMENTS.c.annotator == sa.bindparam("annotator"),
)
_LEASE: Final = (
    sa.update(ASSIGNMENTS)
    .where(ASSIGNMENTS.c.token.in_(sa.bindparam("tokens", expanding=True)))
    .values(leased_until=sa.bindparam("until"))
)


class Assigner:
    """Gives clips to people. A clip is kept for a person until its lease ends or it is answered.

    Args:
        store: Store of the votes.
        writes: What the process writes into it.
        secret: The servers' secret.
        lease_seconds: How long a clip is kept for a person.
    """

    def __init__(
        self, store: VoteStore, writes: GroupedWrites, secret: ServerSecret, lease_seconds: int
    ) -> None:
        self._store = store
        self._writes = writes
        self._lease = timedelta(seconds=lease_seconds)
        self._chooser = Chooser(secret)

    def next_task(
        self, duty: Duty, person: Annotator, have: Collection[str], now: datetime
    ) -> Task | None:
        """Return the next clip of a person, or None if no clip needs this person now.

        The clip is looked for while others may write. Only then the store is locked, and the clip
        is given if it is free still.

        Args:
            duty: An open campaign in which the person is asked.
            person: The person.
            have: Tokens of clips that the person's page has already; their leases are renewed.
            now: The time.
        """
        with self._store.reading() as connection:
            search = self._chooser.begin(connection, duty, person, have, now)
            found = self._chooser.find(connection, search)
        old = self._find_old(search)
        if found is None and not old:
            return None
        change = partial(self._give, found=found, old=old, search=search)
        return self._writes.run(change, [duty.campaign.name])

    def has_task(self, duty: Duty, person: Annotator, now: datetime) -> bool:
        """Return whether a clip waits for a person now; nothing is kept for the person."""
        with self._store.reading() as connection:
            search = self._chooser.begin(connection, duty, person, (), now)
            return self._chooser.find(connection, search) is not None

    def skip(self, token: str, person: Annotator, now: datetime) -> bool:
        """Let a clip come back to a person later; return False if it is not the person's."""
        change = sa.update(ASSIGNMENTS).where(
            ASSIGNMENTS.c.token == token, ASSIGNMENTS.c.annotator == person.key
        )
        done = change.values(skipped_at=utc_text(now))
        return self._writes.run(lambda connection: bool(connection.execute(done).rowcount))

    def find(self, token: str, person: Annotator) -> Task | None:
        """Return a clip that was given to a person, by its token; None for anybody else's."""
        with self._store.reading() as connection:
            row = connection.execute(_OWN, {"token": token, "annotator": person.key}).first()
        return None if row is None else Task(*row)

    def _find_old(self, search: Search) -> list[str]:
        """Return the clips on a person's page of whose leases a part has passed."""
        oldest = utc_text(search.now + (1 - RENEWED_SHARE) * self._lease)
        held = [row for row in search.pending if row.token in search.have]
        return sorted(row.token for row in held if row.leased_until < oldest)

    def _give(
        self, connection: sa.Connection, found: Task | None, old: list[str], search: Search
    ) -> Task | None:
        """Renew leases, and keep the clip that was found, or another one, for the person."""
        until = utc_text(search.now + self._lease)
        if old:
            connection.execute(_LEASE, {"tokens": old, "until": until})
        if found is None:
            return None
        if not self._chooser.is_free(connection, found, search):  # somebody was quicker
            found = self._chooser.find(connection, search)
            if found is None:
                return None
        if not connection.execute(_LEASE, {"tokens": [found.token], "until": until}).rowcount:
            row = {**vars(found), "annotator": search.person.key, "leased_until": until}
            connection.execute(sa.insert(ASSIGNMENTS).values(row))
        return found
