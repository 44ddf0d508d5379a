"""Adjudicators answer blind before they discuss and decide; details of votes have their beginning.

The votes of adjudications that are there are decisions.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and the table; nothing that is there changes."""
    blind = sa.Column("blind", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("votes", blind)
    op.add_column("vote_details", sa.Column("began_at", sa.Text))
    op.add_column("assignments", sa.Column("opened_at", sa.Text))
    op.create_table(
        "adjudication_messages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
        sa.Column("clip_key", sa.Text, nullable=False),
        sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("vote_id", sa.Text),
        sa.Index("messages_of_clip", "campaign", "clip_key"),
    )
