"""Annotators are registered, the store's own order of votes decides, campaigns can be closed.

The order of the votes that are there is that by which they counted: the sender's time, then the
order in which they came. So the labels stay as they are.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.identity.names import clean_name, name_key
from libra_emo.annotation.identity.vote_ids import VoteIds

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Keep all rows, and write them in the new shape."""
    connection = op.get_bind()
    votes = [dict(row) for row in connection.execute(sa.text("SELECT * FROM votes")).mappings()]
    clips = [
        dict(row) for row in connection.execute(sa.text("SELECT * FROM campaign_clips")).mappings()
    ]
    for table in ("votes", "campaign_clips"):
        op.drop_table(table)
    op.add_column("campaigns", sa.Column("closed_at", sa.Text))
    annotators, new_clips, new_votes = _make_tables()
    now = utc_text(datetime.now(UTC))
    names = {name_key(vote["annotator"]): vote["annotator"] for vote in reversed(votes)}
    _insert(
        annotators,
        [
            {
                "key": key,
                "name": clean_name(name) or name,
                "role": "annotator",
                "active": True,
                "added_at": now,
            }
            for key, name in names.items()
        ],
    )
    _insert(new_clips, [{**clip, "clip_key": clip_key(clip["clip_id"])} for clip in clips])
    _insert(new_votes, _change_votes(votes, now))


def _change_votes(votes: list[dict[str, Any]], now: str) -> list[dict[str, Any]]:
    """Return the votes in the order in which they counted, received at the latest now."""
    shared = Counter(vote["voted_at"] for vote in votes)
    ids = VoteIds()
    changed = []
    for vote in sorted(votes, key=lambda vote: (vote["voted_at"], vote["id"])):
        # the time of an import stood where a file had none, the same for all of its rows
        imported = shared[vote["voted_at"]] > 1 and ".000000" not in vote["voted_at"]
        values = {
            "campaign": vote["campaign"],
            "clip_id": vote["clip_id"],
            "clip_key": clip_key(vote["clip_id"]),
            "annotator": name_key(vote["annotator"]),
            "label": vote["label"],
            "received_at": min(vote["voted_at"], now),
            "voted_at": None if imported else vote["voted_at"],
            "seconds": vote["seconds"],
        }
        names = ("campaign", "clip_key", "annotator", "label", "voted_at")
        vote_id = ids.give(*(values[name] for name in names))
        changed.append({"vote_id": vote_id, **values})
    return changed


def _make_tables() -> tuple[sa.Table, sa.Table, sa.Table]:
    annotators = op.create_table(
        "annotators",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
    )
    clips = op.create_table(
        "campaign_clips",
        sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), primary_key=True),
        sa.Column("clip_id", sa.Text, primary_key=True),
        sa.Column("clip_key", sa.Text, nullable=False),
        sa.Index("clips_of_campaign", "campaign", "clip_key"),
    )
    votes = op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("vote_id", sa.Text, nullable=False),
        sa.Column("campaign", sa.Text, sa.ForeignKey("campaigns.name"), nullable=False),
        sa.Column("clip_id", sa.Text, nullable=False),
        sa.Column("clip_key", sa.Text, nullable=False),
        sa.Column("annotator", sa.Text, sa.ForeignKey("annotators.key"), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("voted_at", sa.Text),
        sa.Column("seconds", sa.Float),
        sa.Index("votes_by_id", "vote_id", unique=True),
        sa.Index("votes_of_clip", "campaign", "clip_key"),
        sa.Index("votes_in_order", "campaign", "received_at"),
    )
    return annotators, clips, votes


def _insert(table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.bulk_insert(table, rows)
