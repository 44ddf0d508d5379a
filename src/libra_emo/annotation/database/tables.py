"""The tables of the vote store in their present shape.

A change here needs a migration in `migrations/versions`; a test compares both.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()

ANNOTATORS: Final = sa.Table(
    "annotators",
    METADATA,
    sa.Column(
        "key", sa.Text, primary_key=True
    ),  # see `libra_emo.annotation.identity.names.name_key`
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),  # UTC, see `utc_text`
)
CAMPAIGNS: Final = sa.Table(
    "campaigns",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("annotators_per_clip", sa.Integer, nullable=False),
    sa.Column("threshold", sa.Integer, nullable=False),
    sa.Column("labels", sa.Text, nullable=False),  # a JSON list
    sa.Column("other", sa.Text, nullable=False),
    sa.Column("closed_at", sa.Text),  # UTC; null while the campaign takes votes
)
CLIPS: Final = sa.Table(
    "campaign_clips",
    METADATA,
    sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), primary_key=True),
    sa.Column("clip_id", sa.Text, primary_key=True),
    sa.Column("clip_key", sa.Text, nullable=False),  # see `libra_emo.annotation.identity.clip_keys`
    sa.Index("clips_of_campaign", "campaign", "clip_key"),
)
VOTES: Final = sa.Table(
    "votes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("vote_id", sa.Text, nullable=False),  # a vote that is sent again has the same
    sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
    sa.Column("clip_id", sa.Text, nullable=False),  # as the film was named then
    sa.Column("clip_key", sa.Text, nullable=False),
    sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column(
        "received_at", sa.Text, nullable=False
    ),  # UTC, by the store's own clock; it orders the votes
    sa.Column("voted_at", sa.Text),  # by the sender's clock; it decides nothing
    sa.Column("seconds", sa.Float),
    sa.Index("votes_by_id", "vote_id", unique=True),
    sa.Index("votes_of_clip", "campaign", "clip_key"),
    sa.Index("votes_in_order", "campaign", "received_at"),
)
