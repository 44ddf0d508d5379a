"""Training before work: what a person has finished before the first clip of other campaigns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import CALIBRATION, TRAINING, Campaign
from libra_emo.annotation.database.tables import CLIPS, VOTES
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.settings import KnownKind

CHECKED_KINDS = (TRAINING, CALIBRATION)


@dataclass(frozen=True)
class Gate:
    """Why a person is given no clips yet.

    Attributes:
        state: `first` if clips of the kind wait for the person, `failed` if all were answered with
            too few right ones, `missing` if no campaign of the kind was opened for anybody.
        kind: The kind of campaign that comes first.
        right: First answers that are the known label, in the person's best campaign of the kind.
        clips: Clips of that campaign.
        needed: Share of right first answers that is needed.
    """

    state: Literal["first", "failed", "missing"]
    kind: KnownKind
    right: int
    clips: int
    needed: float


def find_gate(
    store: VoteStore,
    campaign: Campaign,
    person: Annotator,
    kinds: Sequence[KnownKind],
    needed: float,
) -> Gate | None:
    """Return why a person gets no clips of a campaign, or None if the person may work.

    One campaign of each kind is enough, whether it is still open or not, so that a lead can open
    another round for those who failed. Adjudicators are asked in no training, so nothing comes
    before an adjudication. The first answer about a clip counts: a training shows the
    known label afterwards.

    Args:
        store: Store of the votes.
        campaign: The campaign whose clips are asked for.
        person: The person.
        kinds: Kinds of campaigns that come first.
        needed: Share of right first answers, 0 to 1; with 0 it is enough to answer all clips.
    """
    if not kinds or campaign.is_adjudication or campaign.kind in CHECKED_KINDS:
        return None
    known = store.campaigns()
    closed = store.closed_campaigns()
    for kind in kinds:
        names = [name for name, each in known.items() if each.kind == kind]
        counts = _count_right(store, names, person)
        passed = [
            right >= needed * clips
            for right, answered, clips in counts.values()
            if answered >= clips
        ]
        if any(passed):
            continue
        waits = any(
            answered < clips for name, (_, answered, clips) in counts.items() if name not in closed
        )
        return _describe(kind, counts, waits, needed)
    return None


def _describe(
    kind: KnownKind, counts: Mapping[str, tuple[int, int, int]], waits: bool, needed: float
) -> Gate:
    finished = [(right, clips) for right, answered, clips in counts.values() if answered >= clips]
    right, clips = max(finished, key=lambda pair: pair[0] / pair[1], default=(0, 0))
    state: Literal["first", "failed", "missing"] = (
        "first" if waits else "failed" if finished else "missing"
    )
    return Gate(state, kind, right, clips, needed)


def _count_right(
    store: VoteStore, names: Sequence[str], person: Annotator
) -> dict[str, tuple[int, int, int]]:
    """Return for each campaign how many first answers are right, how many there are, and clips."""
    labels = (
        sa.select(CLIPS.c.campaign, CLIPS.c.clip_key, CLIPS.c.truth, VOTES.c.label)
        .outerjoin(
            VOTES,
            sa.and_(
                VOTES.c.campaign == CLIPS.c.campaign,
                VOTES.c.clip_key == CLIPS.c.clip_key,
                VOTES.c.annotator == person.key,
            ),
        )
        .where(CLIPS.c.campaign.in_(names), CLIPS.c.truth.is_not(None))
        .order_by(VOTES.c.received_at, VOTES.c.id)
    )
    with store.reading() as connection:
        rows = connection.execute(labels).all()
    first: dict[tuple[str, str], tuple[str, str | None]] = {}
    for campaign, clip, truth, label in rows:
        first.setdefault((campaign, clip), (truth, label))
    return dict(_sum_up(first))


def _sum_up(
    first: Mapping[tuple[str, str], tuple[str, str | None]],
) -> Iterator[tuple[str, tuple[int, int, int]]]:
    for name in dict.fromkeys(campaign for campaign, _ in first):
        answers = [answer for (campaign, _), answer in first.items() if campaign == name]
        right = sum(truth == label for truth, label in answers)
        yield name, (right, sum(label is not None for _, label in answers), len(answers))
