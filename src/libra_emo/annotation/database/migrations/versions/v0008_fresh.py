"""Whether a campaign asks only people who have not answered for a clip in another campaign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; the audits that are there ask fresh people from now on."""
    fresh = sa.Column("fresh", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("campaigns", fresh)
    campaigns = sa.table("campaigns", sa.column("kind", sa.Text), sa.column("fresh", sa.Boolean))
    op.execute(sa.update(campaigns).where(campaigns.c.kind == "audit").values(fresh=True))
