"""What adjudicators see: the list of clips, the votes of others, the discussion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import CLIPS, MESSAGES, VOTE_DETAILS, VOTES
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.secrets import ServerSecret
from libra_emo.annotation_server.adjudications.access import Case
from libra_emo.common.seeding import draw_key

SHOWN = ("reason", "second", "certainty", "note", "distress", "other_person", "plays", "muted")


def list_cases(
    store: VoteStore, secret: ServerSecret, campaign: Campaign, person: Annotator
) -> list[dict[str, Any]]:
    """Return the clips of an adjudication for one person: those to be decided come first.

    Each has token, state (waiting, open, decided), answered (by the person), answers (how many
    adjudicators answered), messages, and label, the decision, which is null for whoever has not
    answered blind yet.
    """
    clips = sa.select(CLIPS.c.clip_key).where(CLIPS.c.campaign == campaign.name)
    counting = sa.select(MESSAGES.c.clip_key, sa.func.count()).where(
        MESSAGES.c.campaign == campaign.name
    )
    with store.reading() as connection:
        keys = sorted(set(connection.execute(clips).scalars()))
        votes = _read_votes(connection, campaign)
        counted = connection.execute(counting.group_by(MESSAGES.c.clip_key))
        messages = {row[0]: int(row[1]) for row in counted}
    cases = []
    for key in keys:
        decisions = [vote.label for vote in votes[key] if not vote.blind]
        answered = any(vote.annotator == person.key for vote in votes[key])
        state = "decided" if decisions else "open" if votes[key] else "waiting"
        cases.append(
            {
                "token": secret.task(person.key, campaign.name, key),
                "state": state,
                "answered": answered,
                "answers": len({vote.annotator for vote in votes[key]}),
                "messages": messages.get(key, 0),
                "label": decisions[-1] if decisions and answered else None,
            }
        )
    order = ("open", "waiting", "decided")
    return sorted(cases, key=lambda case: (order.index(case["state"]), case["token"]))


def read_votes_of_others(store: VoteStore, case: Case) -> list[dict[str, Any]]:
    """Return the latest vote of each annotator for a clip, without names, in a drawn order."""
    details = [VOTE_DETAILS.c[name] for name in SHOWN]
    query = (
        sa.select(VOTES.c.annotator, VOTES.c.label, *details)
        .outerjoin(VOTE_DETAILS, VOTE_DETAILS.c.vote_id == VOTES.c.vote_id)
        .where(VOTES.c.campaign == case.campaign.adjudicated, VOTES.c.clip_key == case.clip_key)
        .order_by(VOTES.c.received_at, VOTES.c.id)
    )
    with store.reading() as connection:
        latest = {row["annotator"]: dict(row) for row in connection.execute(query).mappings()}

    def draw(annotator: str) -> bytes:
        return draw_key(0, "shown", case.token, annotator)

    return [
        {name: value for name, value in latest[key].items() if name != "annotator"}
        for key in sorted(latest, key=draw)
    ]


def read_discussion(store: VoteStore, case: Case, person: Annotator) -> dict[str, Any]:
    """Return answers (the blind ones), messages and decisions of a clip, in their order.

    Adjudicators are numbers here, in the order of their first answers; `own` marks the person's.
    """
    query = sa.select(MESSAGES).where(
        MESSAGES.c.campaign == case.campaign.name, MESSAGES.c.clip_key == case.clip_key
    )
    with store.reading() as connection:
        votes = _read_votes(connection, case.campaign)[case.clip_key]
        query = query.order_by(MESSAGES.c.received_at, MESSAGES.c.id)
        messages = connection.execute(query).mappings().all()
    numbers: dict[str, int] = {}
    for key in [*(vote.annotator for vote in votes), *(row["annotator"] for row in messages)]:
        numbers.setdefault(key, len(numbers) + 1)

    def describe(key: str, **values: Any) -> dict[str, Any]:
        return {"number": numbers[key], "own": key == person.key, **values}

    decided = {vote.vote_id: vote.label for vote in votes if not vote.blind}
    blind = {vote.annotator: vote.label for vote in votes if vote.blind}
    decisions = [vote for vote in votes if not vote.blind]
    return {
        "answers": [describe(key, label=label) for key, label in blind.items()],
        "messages": [
            describe(row["annotator"], text=row["text"], label=decided.get(row["vote_id"]))
            for row in messages
        ],
        "decision": _describe_last(decisions, describe),
    }


def _describe_last(
    decisions: list[Any], describe: Callable[..., dict[str, Any]]
) -> dict[str, Any] | None:
    return describe(decisions[-1].annotator, label=decisions[-1].label) if decisions else None


def _read_votes(connection: sa.Connection, campaign: Campaign) -> dict[str, list[Any]]:
    """Return the votes of a campaign in their order, by clip."""
    columns = (VOTES.c.clip_key, VOTES.c.annotator, VOTES.c.label, VOTES.c.blind, VOTES.c.vote_id)
    query = sa.select(*columns).where(VOTES.c.campaign == campaign.name)
    grouped = defaultdict(list)
    for row in connection.execute(query.order_by(VOTES.c.received_at, VOTES.c.id)):
        grouped[row.clip_key].append(row)
    return grouped
