"""The annotation server's tables: its secret, personal links, assigned clips, details of votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    op.create_index("votes_of_annotator", "votes", ["campaign", "annotator", "clip_key"])
    op.create_table(
        "server_secrets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.Text),
        sa.Index("links_by_digest", "digest", unique=True),
    )
    op.create_table(
        "assignments",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
        sa.Column("clip_key", sa.Text, nullable=False),
        sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
        sa.Column("leased_until", sa.Text, nullable=False),
        sa.Column("skipped_at", sa.Text),
        sa.Column("answered_at", sa.Text),
        sa.Index("assignments_of_clip", "campaign", "clip_key"),
        sa.Index("assignments_of_annotator", "campaign", "annotator", "answered_at"),
    )
    op.create_table(
        "vote_details",
        sa.Column("vote_id", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text),
        sa.Column("second", sa.Text),
        sa.Column("certainty", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("distress", sa.Boolean, nullable=False),
        sa.Column("other_person", sa.Boolean, nullable=False),
        sa.Column("played_s", sa.Float, nullable=False),
        sa.Column("plays", sa.Integer, nullable=False),
        sa.Column("muted", sa.Boolean, nullable=False),
    )
