"""What a person answered so far; nobody else's answers are ever read here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import PREFERENCE
from libra_emo.annotation.database.tables import ASSIGNMENTS, CAMPAIGNS, VOTE_DETAILS, VOTES
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.assignments.choosing import Task
from libra_emo.annotation_server.assignments.preferences import is_turned, turn_answer

_ANSWERED: Final = sa.select(sa.func.count()).select_from(
    sa.select(VOTES.c.campaign, VOTES.c.clip_key)
    .where(
        VOTES.c.campaign.in_(sa.bindparam("campaigns", expanding=True)),
        VOTES.c.annotator == sa.bindparam("annotator"),
    )
    .distinct()
    .subquery()
)
_LEFT_OUT: Final = sa.select(sa.func.count()).where(
    ASSIGNMENTS.c.token.in_(sa.bindparam("tokens", expanding=True)),
    ASSIGNMENTS.c.annotator == sa.bindparam("annotator"),
    ASSIGNMENTS.c.answered_at.is_not(None),
)
SHOWN = ("label", "reason", "second", "certainty", "note", "distress", "other_person")


def read_previous(store: VoteStore, task: Task, person: Annotator) -> dict[str, Any] | None:
    """Return a person's latest answer for a clip, or None if there is none."""
    details = [VOTE_DETAILS.c[name] for name in SHOWN if name != "label"]
    query = (
        sa.select(VOTES.c.label, *details)
        .outerjoin(VOTE_DETAILS, VOTE_DETAILS.c.vote_id == VOTES.c.vote_id)
        .where(
            VOTES.c.campaign == task.campaign,
            VOTES.c.annotator == person.key,
            VOTES.c.clip_key == task.clip_key,
        )
        .order_by(VOTES.c.received_at.desc(), VOTES.c.id.desc())
    )
    kind = sa.select(CAMPAIGNS.c.kind).where(CAMPAIGNS.c.name == task.campaign)
    with store.reading() as connection:
        row = connection.execute(query.limit(1)).mappings().first()
        preference = row is not None and connection.execute(kind).scalar() == PREFERENCE
    if row is None:
        return None
    answer = {str(name): value for name, value in row.items()}
    if preference:
        turned = is_turned(task.campaign, task.clip_key, person.key)
        answer["label"] = turn_answer(answer["label"], turned)
    return answer


def count_answered(
    store: VoteStore, campaigns: Collection[str], person: Annotator, without: Collection[str] = ()
) -> int:
    """Return how many clips of some campaigns a person answered, without those of some tokens."""
    own = {"annotator": person.key}
    with store.reading() as connection:
        answered = int(
            connection.execute(_ANSWERED, {**own, "campaigns": [*campaigns]}).scalar_one()
        )
        if not without:
            return answered
        return answered - int(
            connection.execute(_LEFT_OUT, {**own, "tokens": [*without]}).scalar_one()
        )


def read_answered(
    store: VoteStore, campaigns: Collection[str], person: Annotator, limit: int = 200
) -> list[dict[str, str]]:
    """Return the clips that a person answered here, the latest first, by token."""
    query = (
        sa.select(ASSIGNMENTS.c.token, ASSIGNMENTS.c.answered_at)
        .where(
            ASSIGNMENTS.c.campaign.in_([*campaigns]),
            ASSIGNMENTS.c.annotator == person.key,
            ASSIGNMENTS.c.answered_at.is_not(None),
        )
        .order_by(ASSIGNMENTS.c.answered_at.desc(), ASSIGNMENTS.c.token)
        .limit(limit)
    )
    with store.reading() as connection:
        return [{"token": row.token, "at": row.answered_at} for row in connection.execute(query)]
