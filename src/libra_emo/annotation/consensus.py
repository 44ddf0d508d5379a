"""From votes to labels: the threshold, ties, adjudication, and the merge with older labels.

A clip that a campaign asks about is labelled by that campaign's votes alone. Every function
here gives the same result for the same votes in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import Dropped, HumanVotes, RoundLabels, check

AGREED, OTHER, TIE, MISS = "agreed", "other", "tie", "miss"
DECISION_OUTCOMES = (AGREED, OTHER, TIE, MISS)
DECISION_COLUMNS = ("clip_id", "label", "support", "votes", "outcome")


class VotesError(LibraEmoError):
    """Votes are missing, do not belong to their campaign, or do not add up."""


class Settled(NamedTuple):
    """What became of a campaign's clips: each is in exactly one of the two tables."""

    labels: pd.DataFrame  # RoundLabels
    dropped: pd.DataFrame  # Dropped


def count_votes(votes: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return the votes of a campaign that count: one an annotator, and not too many a clip.

    Of several votes of one annotator for one clip the latest counts (`voted_at`; undated ones
    are the earliest, and among votes of the same moment the answer that comes last in the
    campaign's order, so that the order of rows decides nothing). Where more annotators
    answered than the campaign asks for, the ones whose counting vote is the earliest are
    taken, then by name: whoever answers after a clip is complete cannot turn it.

    Args:
        votes: HumanVotes; rows of other campaigns are left out.
        campaign: Whose votes to count.

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
            f"clip {first['clip_id']}, which is none of its answers"
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

    An answer wins when at least `threshold` annotators gave it and no other answer has as
    many (paper, section 2.3: 4 of 8 for the bench, 2 of 4 for the rounds). Two answers with
    equally many votes at or above the threshold are a tie, never a label.

    Args:
        votes: HumanVotes; rows of other campaigns are left out.
        campaign: The campaign that asked.

    Returns:
        A row a clip, sorted: clip_id, label (null unless agreed), support (votes for the
        leading answer), votes (that counted), outcome: agreed, other (that answer won), tie,
        or miss (no answer reached the threshold).
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


def settle(
    clips: Iterable[str],
    votes: pd.DataFrame,
    campaign: Campaign,
    *,
    round_number: int,
    simulated: bool,
) -> Settled:
    """Return the labels and the dropped clips that a campaign and its adjudication lead to.

    Args:
        clips: The ids of the clips that the campaign asked about.
        votes: HumanVotes of the campaign and of its adjudication, as `collect_votes` gives
            them; votes for other clips are left out.
        campaign: The campaign that asked.
        round_number: Written into the labels as the round that set them.
        simulated: Whether simulated annotators gave the votes; then every label says so.

    Returns:
        Labels of origin people, adjudicated (support 1 of 1: the adjudicator's answer) or
        simulated, and the clips for which `other` won.

    Raises:
        VotesError: If a clip has no votes, or no consensus and no adjudicator's answer.
    """
    asked = sorted(set(clips))
    own = votes[votes["clip_id"].isin(asked)]
    decisions = decide(own, campaign).assign(origin="people")
    still_open = needs_adjudication(decisions)
    adjudicated = decide(own[own["clip_id"].isin(still_open)], campaign.adjudication)
    final = pd.concat(
        [
            decisions[~decisions["clip_id"].isin(still_open)],
            adjudicated.assign(origin="adjudicated"),
        ]
    ).sort_values("clip_id")
    missing = sorted(set(asked) - set(final["clip_id"]))
    if missing:
        raise VotesError(
            f"campaign {campaign.name!r}: {len(missing)} of {len(asked)} clips are not settled, "
            f"the first is {missing[0]}; collect its votes and its adjudication first"
        )
    if simulated:
        final["origin"] = "simulated"
    final["round"] = round_number
    agreed = final["outcome"] == AGREED
    labels = check(final[agreed].drop(columns="outcome"), RoundLabels)
    dropped = final.loc[~agreed, ["clip_id"]].assign(reason=campaign.other)
    return Settled(labels, check(dropped, Dropped))


def relabel(
    previous: pd.DataFrame,
    asked: pd.DataFrame,
    votes: pd.DataFrame,
    campaign: Campaign,
    *,
    round_number: int,
    simulated: bool,
) -> Settled:
    """Return the labels after a campaign, and the clips that it dropped.

    Args:
        previous: RoundLabels before it.
        asked: The clips that it asked about, by their clip_id.
        votes: As in `settle`, which also says what the others are and what is raised.
        campaign: The campaign that asked.
        round_number: Written into the labels that it set.
        simulated: Whether simulated annotators gave the votes.
    """
    labels, dropped = settle(
        asked["clip_id"], votes, campaign, round_number=round_number, simulated=simulated
    )
    return Settled(merge_labels(previous, asked["clip_id"], labels, dropped), dropped)


def merge_labels(
    previous: pd.DataFrame, asked: Iterable[str], settled: pd.DataFrame, dropped: pd.DataFrame
) -> pd.DataFrame:
    """Return the labels after a campaign: its own for the clips it asked, the others unchanged.

    The paper's Algorithm 1 takes the asked clips out of the labelled set (line 31), against
    its own text and Table 10; here they come back with the campaign's answer.

    Args:
        previous: RoundLabels before the campaign; may lack asked clips that had no label yet.
        asked: The ids of the clips that the campaign asked about.
        settled: RoundLabels that the campaign set.
        dropped: Dropped clips of the campaign.

    Returns:
        RoundLabels, sorted by clip_id; labels that were not asked about keep their round.

    Raises:
        VotesError: If the settled and the dropped clips together are not those asked.
    """
    asked_ids = set(asked)
    outcome_ids = [*settled["clip_id"], *dropped["clip_id"]]
    if len(outcome_ids) != len(asked_ids) or set(outcome_ids) != asked_ids:
        raise VotesError(
            f"{len(asked_ids)} clips were asked, but {len(settled)} labels and {len(dropped)} "
            "dropped clips came back; every asked clip must end in one of the two"
        )
    kept = previous[~previous["clip_id"].isin(asked_ids)]
    tables = [table for table in (kept, settled) if len(table)]
    merged = pd.concat(tables) if tables else kept
    return check(merged.sort_values("clip_id"), RoundLabels)
