"""What the votes of a campaign say about each clip: which votes count, the threshold, and ties.

Every function here gives the same result for the same votes in any order.
"""

from __future__ import annotations

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import HumanVotes, check

AGREED, OTHER, TIE, MISS = "agreed", "other", "tie", "miss"
DECISION_OUTCOMES = (AGREED, OTHER, TIE, MISS)
DECISION_COLUMNS = ("clip_id", "label", "support", "votes", "outcome")


class VotesError(LibraEmoError):
    """Votes are missing, do not belong to their campaign, or do not add up."""


def count_votes(votes: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return the votes of a campaign that count: one per annotator, and not too many per clip.

    If an annotator voted several times for one clip, the latest vote counts (`voted_at`). A vote
    without a date is earlier than any other. Among votes of the same moment the answer that comes
    last in the campaign's order counts, so that the order of rows decides nothing.

    If more annotators answered than the campaign asks for, those with the earliest counting votes
    are taken, then those whose name comes first. So a late annotator cannot change a complete clip.

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
    table = table.assign(
        _moment=pd.to_datetime(table["voted_at"], utc=True, format="ISO8601"),
        _rank=table["label"].map(rank),
    )
    table = table.sort_values(["_moment", "_rank"], na_position="first", kind="stable")
    table = table.drop_duplicates(["clip_id", "annotator"], keep="last")
    table = table.sort_values(["clip_id", "_moment", "annotator"], na_position="first")
    table = table.groupby("clip_id", sort=False).head(campaign.annotators_per_clip)
    table = table.drop(columns=["_moment", "_rank"])
    return table.sort_values(["clip_id", "annotator"]).reset_index(drop=True)


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
