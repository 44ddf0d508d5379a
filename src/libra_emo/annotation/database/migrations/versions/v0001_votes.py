"""The first shape of the store: campaigns, their clips, and votes ordered by the sender's time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "campaigns",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("annotators_per_clip", sa.Integer, nullable=False),
        sa.Column("threshold", sa.Integer, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
    )
    op.create_table(
        "campaign_clips",
        sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), primary_key=True),
        sa.Column("clip_id", sa.Text, primary_key=True),
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
        sa.Column("clip_id", sa.Text, nullable=False),
        sa.Column("annotator", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("voted_at", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Index("votes_of_clip", "campaign", "clip_id"),
    )
