"""The votes of a campaign as tables for other programs, under pseudonyms."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import count_votes
from libra_emo.annotation.database.tables import CLIPS, VOTE_DETAILS, VOTES
from libra_emo.annotation.exchange.pseudonyms import make_pseudonyms
from libra_emo.annotation.identity.names import name_key
from libra_emo.annotation.store import VoteStore

_DETAILS = tuple(column for column in VOTE_DETAILS.columns if column.name != "vote_id")


def tabulate_history(store: VoteStore, campaign: str) -> pd.DataFrame:
    """Return every vote of a campaign in the order of receipt, with its details.

    Blind answers of adjudicators are among them (`blind`). The order of people says nothing about
    who they are.

    Args:
        store: Store of the votes.
        campaign: Name of the campaign.
    """
    asked = sa.and_(VOTES.c.campaign == CLIPS.c.campaign, VOTES.c.clip_key == CLIPS.c.clip_key)
    joined = VOTES.outerjoin(CLIPS, asked).outerjoin(
        VOTE_DETAILS, VOTE_DETAILS.c.vote_id == VOTES.c.vote_id
    )
    columns = (
        VOTES.c.campaign,
        sa.func.coalesce(CLIPS.c.clip_id, VOTES.c.clip_id).label("clip_id"),
        *(VOTES.c[name] for name in ("annotator", "label", "voted_at", "received_at", "seconds")),
        *(VOTES.c.vote_id, VOTES.c.blind),
        *_DETAILS,
    )
    query = sa.select(*columns).select_from(joined).where(VOTES.c.campaign == campaign)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(VOTES.c.received_at, VOTES.c.id)).all()
    table = pd.DataFrame([tuple(row) for row in rows], columns=[column.name for column in columns])
    pseudonyms = make_pseudonyms(store, set(table["annotator"]))
    whole = {"certainty": "Int64", "plays": "Int64", "seconds": "float64", "played_s": "float64"}
    flags = dict.fromkeys(("blind", "distress", "other_person", "muted"), "boolean")
    texts = dict.fromkeys(
        ("campaign", "clip_id", "annotator", "label", "voted_at", "received_at", "vote_id"), "str"
    ) | dict.fromkeys(("reason", "second", "note", "began_at"), "str")
    table["annotator"] = table["annotator"].map(pseudonyms)
    return table.astype({**whole, **flags, **texts})


def tabulate_counted(store: VoteStore, campaign: Campaign) -> pd.DataFrame:
    """Return the votes of a campaign that count, as HumanVotes under pseudonyms."""
    history = store.history(campaign.name)
    counted = count_votes(history[history["label"].isin(campaign.answers)], campaign)
    keys = {name: name_key(name) for name in set(counted["annotator"])}
    pseudonyms = make_pseudonyms(store, keys.values())
    return counted.assign(annotator=[pseudonyms[keys[name]] for name in counted["annotator"]])


def tabulate_for_crowdkit(store: VoteStore, campaign: Campaign) -> pd.DataFrame:
    """Return the votes that count as crowd-kit's long table: task, worker, label."""
    counted = tabulate_counted(store, campaign)
    names = {"clip_id": "task", "annotator": "worker"}
    return counted.rename(columns=names)[["task", "worker", "label"]]
