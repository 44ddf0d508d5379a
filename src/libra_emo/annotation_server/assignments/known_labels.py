"""What a person answered about clips with a known label, in training and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.tables import CLIPS, VOTES
from libra_emo.annotation.store import VoteStore


@dataclass(frozen=True)
class Checked:
    """An answer about a clip with a known label.

    Attributes:
        clip_key: The clip's key.
        answer: The person's latest answer.
        truth: The known label.
    """

    clip_key: str
    answer: str
    truth: str

    @property
    def right(self) -> bool:
        """Whether the answer is the known label."""
        return self.answer == self.truth


def read_checked(store: VoteStore, campaign: Campaign, person: Annotator) -> list[Checked]:
    """Return a person's answers about the clips with a known label, in their order."""
    query = (
        sa.select(VOTES.c.clip_key, VOTES.c.label, CLIPS.c.truth)
        .join(
            CLIPS,
            sa.and_(CLIPS.c.campaign == VOTES.c.campaign, CLIPS.c.clip_key == VOTES.c.clip_key),
        )
        .where(
            VOTES.c.campaign == campaign.name,
            VOTES.c.annotator == person.key,
            CLIPS.c.truth.is_not(None),
        )
        .order_by(VOTES.c.received_at, VOTES.c.id)
    )
    with store.reading() as connection:
        # of several answers about a clip the last one stands
        latest = {row[0]: Checked(*row) for row in connection.execute(query)}
    return list(latest.values())
