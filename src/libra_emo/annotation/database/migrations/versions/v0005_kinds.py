"""Kinds of campaigns, and why and with which probability a campaign asks about each clip."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; the campaigns that are there ask for labels of clips that were selected."""
    kind = sa.Column("kind", sa.Text, nullable=False, server_default="labels")
    for column in (kind, sa.Column("rate", sa.Float), sa.Column("distance", sa.Integer)):
        op.add_column("campaigns", column)
    columns = (
        sa.Column("reason", sa.Text, nullable=False, server_default="selected"),
        sa.Column("inclusion_probability", sa.Float, nullable=False, server_default="1"),
        sa.Column("draw_seed", sa.BigInteger),
        sa.Column("truth", sa.Text),
        sa.Column("texts", sa.Text),
    )
    for column in columns:
        op.add_column("campaign_clips", column)
    # those of voting's queue are the clips that the voters left open
    op.execute("UPDATE campaign_clips SET reason = 'undecided' WHERE campaign = 'round_0'")
