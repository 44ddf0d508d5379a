"""The tables of people's votes, and of the split that says what people label for the bench."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from libra_emo.schemas.base import Table

SIDES = ("bench", "validation", "pool")


class HumanVotes(Table):
    """One row a clip and annotator of a campaign; label may be the taxonomy's `other`."""

    campaign: str
    clip_id: str
    annotator: str
    label: str
    voted_at: str = pa.Field(nullable=True)  # ISO 8601 by the sender's clock; null when simulated
    seconds: float = pa.Field(nullable=True)
    # what the store of people's votes adds
    received_at: str | None = pa.Field(nullable=True)  # ISO 8601 in UTC by the store's clock
    number: pd.Int64Dtype | None = pa.Field(nullable=True)  # order in which the store got them
    vote_id: str | None = pa.Field(nullable=True)  # a vote that is sent again has the same


class StoreRecords(Table):
    """One row an annotator, a campaign, a clip, a vote or a message of an adjudication."""

    kind: str = pa.Field(isin=("annotator", "campaign", "clip", "vote", "message"))
    campaign: str = pa.Field(nullable=True)
    clip_id: str = pa.Field(nullable=True)
    annotator: str = pa.Field(nullable=True)
    label: str = pa.Field(nullable=True)
    received_at: str = pa.Field(nullable=True)
    voted_at: str = pa.Field(nullable=True)
    seconds: float = pa.Field(nullable=True)
    vote_id: str = pa.Field(nullable=True)
    details: str = pa.Field(nullable=True)  # JSON: what else there is of it


class Dropped(Table):
    """One row a clip that ends without a label."""

    clip_id: str = pa.Field(unique=True)
    reason: str


class Queue(Table):
    """One row a clip that people must label."""

    clip_id: str = pa.Field(unique=True)
    current_label: str = pa.Field(nullable=True)
    predicted: str = pa.Field(nullable=True)
    confidence: float = pa.Field(nullable=True, ge=0, le=1)
    # why people are asked, which nobody of them sees
    reason: str | None = pa.Field(nullable=True)
    inclusion_probability: float | None = pa.Field(nullable=True, gt=0, le=1)
    draw_seed: pd.Int64Dtype | None = pa.Field(nullable=True)


class Split(Table):
    """One row a film that ever gave clips, by its content; git holds the table."""

    sha256: str
    source_id: str  # by its latest name
    side: str = pa.Field(isin=SIDES)
    since: int = pa.Field(ge=1)  # the number of the draw that chose the side


class BenchClips(Table):
    """One row a clip that was ever drawn for the bench, by its film's content; git holds it."""

    sha256: str
    start_ms: int = pa.Field(ge=0)
    end_ms: int = pa.Field(gt=0)
    since: int = pa.Field(ge=1)  # the number of the draw
