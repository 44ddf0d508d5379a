"""The keys of clips are made of the film's content and the times alone.

Until now the key was the clip's whole id, so votes did not follow a film that got another name.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.identity.vote_ids import renew_ids

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Write the keys anew, and the votes' ids, which are made of them."""
    connection = op.get_bind()
    query = "SELECT * FROM votes ORDER BY received_at, id"
    votes = [dict(row) for row in connection.execute(sa.text(query)).mappings()]
    changes = [
        {"number": vote["id"], "key": clip_key(vote["clip_id"]), "vote_id": vote_id}
        for vote, vote_id in zip(votes, renew_ids(votes), strict=True)
    ]
    if changes:
        change = "UPDATE votes SET clip_key = :key, vote_id = :vote_id WHERE id = :number"
        connection.execute(sa.text(change), changes)
    clips = connection.execute(sa.text("SELECT DISTINCT clip_id FROM campaign_clips")).scalars()
    renamed = [{"clip": clip, "key": clip_key(clip)} for clip in clips]
    if renamed:
        change = "UPDATE campaign_clips SET clip_key = :key WHERE clip_id = :clip"
        connection.execute(sa.text(change), renamed)
