"""From votes to labels: adjudication, dropped clips, and the merge with older labels.

A clip that a campaign asks about is labelled by that campaign's votes alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import AGREED, VotesError, decide, needs_adjudication
from libra_emo.schemas import Dropped, RoundLabels, check


class Settled(NamedTuple):
    """The result of a campaign: each of its clips is in exactly one of the two tables."""

    labels: pd.DataFrame  # RoundLabels
    dropped: pd.DataFrame  # Dropped


def settle(
    clips: Iterable[str],
    votes: pd.DataFrame,
    campaign: Campaign,
    *,
    round_number: int,
    simulated: bool,
) -> Settled:
    """Return the labels and the dropped clips that follow from a campaign and its adjudication.

    Args:
        clips: The ids of the clips that the campaign asked about.
        votes: HumanVotes of the campaign and of its adjudication, as `collect_votes` returns
            them; votes for other clips are left out.
        campaign: The campaign that asked.
        round_number: Number of the round, written into the labels.
        simulated: Whether simulated annotators voted; the origin of every label is then simulated.

    Returns:
        Labels of origin people, adjudicated (the adjudicator's answer, support 1 of 1) or
        simulated, and the clips for which `other` won.

    Raises:
        VotesError: If a clip has no votes, or no consensus and no adjudicator's answer.
    """
    asked = sorted(set(clips))
    own = votes[votes["clip_id"].isin(asked)]
    decisions = decide(own, campaign).assign(origin="people")
    disputed = needs_adjudication(decisions)
    adjudicated = decide(own[own["clip_id"].isin(disputed)], campaign.adjudication)
    final = pd.concat(
        [
            decisions[~decisions["clip_id"].isin(disputed)],
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
    """Return all labels after a campaign, and the clips that the campaign dropped.

    Args:
        previous: RoundLabels before the campaign.
        asked: Table with the clip_id of every clip that the campaign asked about.
        votes: HumanVotes of the campaign and of its adjudication, see `settle`.
        campaign: The campaign that asked.
        round_number: Number of the round, written into the labels that the campaign set.
        simulated: Whether simulated annotators voted.

    Raises:
        VotesError: If a clip is not settled, see `settle`.
    """
    labels, dropped = settle(
        asked["clip_id"], votes, campaign, round_number=round_number, simulated=simulated
    )
    return Settled(merge_labels(previous, asked["clip_id"], labels, dropped), dropped)


def merge_labels(
    previous: pd.DataFrame, asked: Iterable[str], settled: pd.DataFrame, dropped: pd.DataFrame
) -> pd.DataFrame:
    """Return the labels after a campaign: new ones for the clips it asked about, others unchanged.

    The paper's Algorithm 1 removes the asked clips from the labelled set (line 31), which
    contradicts its text and its Table 10. Here they come back with the campaign's answer.

    Args:
        previous: RoundLabels before the campaign; may lack asked clips that had no label yet.
        asked: The ids of the clips that the campaign asked about.
        settled: RoundLabels that the campaign set.
        dropped: Clips that the campaign dropped, as Dropped.

    Returns:
        RoundLabels, sorted by clip_id; labels that were not asked about keep their round.

    Raises:
        VotesError: If the settled and the dropped clips together are not those asked.
    """
    asked_ids = set(asked)
    outcome_ids = [*settled["clip_id"], *dropped["clip_id"]]
    if len(outcome_ids) != len(asked_ids) or set(outcome_ids) != asked_ids:
        raise VotesError(
            f"{len(asked_ids)} clips were asked about, but {len(settled)} labels and "
            f"{len(dropped)} dropped clips came back; every clip must end in exactly one of the two"
        )
    kept = previous[~previous["clip_id"].isin(asked_ids)]
    tables = [table for table in (kept, settled) if len(table)]
    merged = pd.concat(tables) if tables else kept
    return check(merged.sort_values("clip_id"), RoundLabels)
