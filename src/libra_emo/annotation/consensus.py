"""What the votes of a campaign say about each clip: which votes count, the threshold, and ties.

Every function here gives the same result for the same votes in any order.
"""

from __future__ import annotations

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.common.seeding import draw_key
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import HumanVotes, check

AGREED, OTHER, TIE, MISS = "agreed", "other", "tie", "miss"
DECISION_OUTCOMES = (AGREED, OTHER, TIE, MISS)
DECISION_COLUMNS = ("clip_id", "label", "support", "votes", "outcome")


class VotesError(LibraEmoError):
    """Votes are missing, do not belong to their campaign, or do not add up."""


def count_votes(votes: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return the votes of a campaign that count: one per annotator, and not too many per clip.

    The rule, which docs/people.md states for users:

    1. Of one annotator's answers for a clip, the one that the store received last counts, whatever
       the sender's clock says. Rows of one file are received in their order.
    2. If more annotators answered than the campaign asks for, those who answered first keep their
       places, also when they correct their answer. So a late annotator cannot change a complete
       clip. Among those who answered in the same import, a draw by clip and name decides.

    A table without the store's columns (`received_at`, `number`) is ordered by `voted_at`, undated
    rows first; of answers of the same moment the last in the campaign's order counts. So the order
    of rows decides nothing.

    Args:
        votes: HumanVotes; rows of other campaigns are left out.
        campaign: Campaign whose votes are counted.

    Raises:
        VotesError: If an answer is not one of the campaign's.
    """
    table = check(votes, HumanVotes)
    table = table[table["campaign"] == campaign.name]
    rank = {answer: place for place, answer in enumerate(campaign.answers)}
    unknown = table[~table["label"].isin(list(rank))]
    if len(unknown):
        first = unknown.iloc[0]
        raise VotesError(
            f"campaign {campaign.name!r}: {first['annotator']} answered {first['label']!r} for "
            f"clip {first['clip_id']}, which is not one of its answers"
        )
    table = _in_order(table, rank)
    places = table.drop_duplicates(["clip_id", "annotator"])
    latest = table.drop_duplicates(["clip_id", "annotator"], keep="last")
    kept = _take_places(places, campaign.annotators_per_clip)
    latest = latest.merge(kept, on=["clip_id", "annotator"])
    latest = latest.drop(columns=[name for name in ("_moment", "number") if name in latest])
    return latest.sort_values(["clip_id", "annotator"]).reset_index(drop=True)


def _in_order(table: pd.DataFrame, rank: dict[str, int]) -> pd.DataFrame:
    """Return votes in the order in which they were given, with the moment as `_moment`."""
    received = "received_at" in table
    moment = table["received_at" if received else "voted_at"]
    table = table.assign(_moment=pd.to_datetime(moment, utc=True, format="ISO8601"))
    table["_rank"] = table["label"].map(rank)
    order = ["_moment", "number", "_rank"] if "number" in table else ["_moment", "_rank"]
    return table.sort_values(order, na_position="first", kind="stable").drop(columns="_rank")


def _take_places(first: pd.DataFrame, places: int) -> pd.DataFrame:
    """Return clip_id and annotator of those who hold a place, from everybody's first answers."""
    sizes = first.groupby("clip_id")["annotator"].transform("size")
    crowded = first[sizes > places]
    keys = [*zip(crowded["clip_id"], crowded["annotator"], strict=True)]
    crowded = crowded.assign(_draw=[draw_key(0, "place", *key).hex() for key in keys])
    crowded = crowded.sort_values(["clip_id", "_moment", "_draw"], na_position="first")
    crowded = crowded.groupby("clip_id", sort=False).head(places)
    columns = ["clip_id", "annotator"]
    return pd.concat([first.loc[sizes <= places, columns], crowded[columns]])


def decide(votes: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return what a campaign's votes say about each clip that has any.

    An answer wins if at least `threshold` annotators gave it and no other answer has as many
    votes (paper, section 2.3: 4 of 8 for the bench, 2 of 4 for the rounds). Two leading answers
    with equally many votes at or above the threshold are a tie, never a label.

    Args:
        votes: HumanVotes; rows of other campaigns are left out.
        campaign: The campaign that asked.

    Returns:
        One row per clip, sorted by clip_id: clip_id; label, null unless the outcome is agreed;
        support, the number of votes for the leading answer; votes, the number of counted votes;
        outcome, which is agreed, other (the answer for none of the labels won), tie, or miss (no
        answer reached the threshold).
    """
    counted = count_votes(votes, campaign)
    tally = counted.groupby(["clip_id", "label"], as_index=False).size()
    by_clip = tally.groupby("clip_id")["size"]
    tally["support"] = by_clip.transform("max")
    tally["votes"] = by_clip.transform("sum")
    leaders = tally[tally["size"] == tally["support"]].copy()
    leaders["leading"] = leaders.groupby("clip_id")["label"].transform("size")
    leaders = leaders.sort_values(["clip_id", "label"]).drop_duplicates("clip_id")
    leaders["outcome"] = AGREED
    leaders.loc[leaders["label"] == campaign.other, "outcome"] = OTHER
    leaders.loc[leaders["leading"] > 1, "outcome"] = TIE
    leaders.loc[leaders["support"] < campaign.threshold, "outcome"] = MISS
    leaders["label"] = leaders["label"].where(leaders["outcome"] == AGREED)
    return leaders[list(DECISION_COLUMNS)].reset_index(drop=True)


def needs_adjudication(decisions: pd.DataFrame) -> list[str]:
    """Return the clips of a decision table on which the annotators reached no consensus."""
    return sorted(decisions.loc[decisions["outcome"].isin([TIE, MISS]), "clip_id"])
