"""The history of votes: how it is read from the database, and which votes are new to it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from libra_emo.annotation.database.tables import ANNOTATORS, CLIPS, VOTES
from libra_emo.annotation.database.vote_checksums import check_votes
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.identity.vote_ids import VoteIds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["find_known", "make_rows", "next_moment", "read_history", "utc_text"]

IDS_PER_QUERY: Final = 500
_LAST: Final = sa.select(sa.func.max(VOTES.c.received_at)).where(
    VOTES.c.campaign == sa.bindparam("campaign")
)


def read_history(connection: sa.Connection, campaign: str) -> pd.DataFrame:
    """Return the votes of a campaign as HumanVotes with the store's columns, in their order.

    The blind answers of adjudicators are left out: their decisions are the votes.

    A clip that the campaign asks about has the id that it has there, even if its film had another
    name when the vote was given.

    Raises:
        DamagedVotesError: If a vote of the campaign is not as it was written.
    """
    import pandas as pd

    from libra_emo.schemas import HumanVotes, check

    asked = VOTES.outerjoin(
        CLIPS, sa.and_(VOTES.c.campaign == CLIPS.c.campaign, VOTES.c.clip_key == CLIPS.c.clip_key)
    )
    query = (
        sa.select(
            VOTES.c.campaign,
            sa.func.coalesce(CLIPS.c.clip_id, VOTES.c.clip_id).label("clip_id"),
            ANNOTATORS.c.name.label("annotator"),
            *(VOTES.c[name] for name in ("label", "voted_at", "seconds", "received_at")),
            VOTES.c.id.label("number"),
            VOTES.c.vote_id,
        )
        .select_from(asked.join(ANNOTATORS, ANNOTATORS.c.key == VOTES.c.annotator))
        .where(VOTES.c.campaign == campaign, VOTES.c.blind.is_(False))
        .order_by(VOTES.c.received_at, VOTES.c.id, "clip_id")
    )
    check_votes(connection, campaign)
    rows = connection.execute(query).all()
    columns = list(HumanVotes.to_schema().columns)
    return check(pd.DataFrame([tuple(row) for row in rows], columns=columns), HumanVotes)


def find_known(
    connection: sa.Connection, campaigns: Collection[str], ids: Collection[str]
) -> set[str]:
    """Return those of some votes' ids that the store has already."""
    query = sa.select(VOTES.c.vote_id)
    if len(ids) <= IDS_PER_QUERY:
        query = query.where(VOTES.c.vote_id.in_(sorted(ids)))
    else:  # databases limit the number of values in a query
        query = query.where(VOTES.c.campaign.in_(sorted(campaigns)))
    return set(connection.execute(query).scalars())


def next_moment(connection: sa.Connection, campaigns: Collection[str], now: datetime) -> str:
    """Return the time of receipt of new votes: now, but after all votes of these campaigns.

    So the order of votes follows the order in which they came, even if the clock is set back.
    """
    moment = utc_text(now)
    for name in campaigns:
        last = connection.execute(_LAST, {"campaign": name}).scalar()
        if last is not None:
            after = datetime.fromisoformat(last) + timedelta(microseconds=1)
            moment = max(moment, utc_text(after))
    return moment


def make_rows(
    table: pd.DataFrame, key_of: Callable[[str], str], received_at: str
) -> list[dict[str, Any]]:
    """Return votes as rows of the database, each with the id by which it is known again.

    Args:
        table: HumanVotes; a row without `vote_id` gets one, see `VoteIds`.
        key_of: An annotator's key by name.
        received_at: When the store received them.
    """
    ids = VoteIds()
    rows = []
    for row in _plain(table).to_dict("records"):
        campaign, label, voted_at = row["campaign"], row["label"], row["voted_at"]
        key, annotator = clip_key(row["clip_id"]), key_of(row["annotator"])
        vote_id = row.get("vote_id") or ids.give(campaign, key, annotator, label, voted_at)
        rows.append(
            {
                "vote_id": vote_id,
                "campaign": campaign,
                "clip_id": row["clip_id"],
                "clip_key": key,
                "annotator": annotator,
                "label": label,
                "received_at": received_at,
                "voted_at": voted_at,
                "seconds": row["seconds"],
            }
        )
    return rows


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    plain = table.astype(object)
    return plain.where(table.notna(), None)
