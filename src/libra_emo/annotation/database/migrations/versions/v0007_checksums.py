"""Each vote has a checksum, by which damage is noticed."""

from __future__ import annotations

import json
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

COLUMNS = (
    *("vote_id", "campaign", "clip_id", "clip_key", "annotator", "label", "received_at"),
    *("voted_at", "seconds", "blind"),
)


def upgrade() -> None:
    """Add the column, and write the checksums of the votes that are there."""
    op.add_column("votes", sa.Column("crc32", sa.Text, nullable=False, server_default=""))
    kinds: dict[str, sa.types.TypeEngine[Any]] = {"seconds": sa.Float(), "blind": sa.Boolean()}
    columns = [sa.column(name, kinds.get(name, sa.Text())) for name in COLUMNS]
    votes = sa.table("votes", sa.column("id", sa.Integer()), *columns)
    connection = op.get_bind()
    changes = [
        {"number": row["id"], "crc32": _checksum({name: row[name] for name in COLUMNS})}
        for row in connection.execute(sa.select(votes)).mappings().all()
    ]
    if changes:
        change = sa.text("UPDATE votes SET crc32 = :crc32 WHERE id = :number")
        connection.execute(change, changes)


def _checksum(values: dict[str, object]) -> str:
    return f"{zlib.crc32(json.dumps(values, sort_keys=True).encode()):08x}"
