"""How far annotators agree: Krippendorff's alpha, and how many clips the votes decide."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from libra_emo.annotation.campaigns import ADJUDICATION_SUFFIX, Campaign
from libra_emo.annotation.consensus import DECISION_OUTCOMES, count_votes, decide
from libra_emo.annotation.statistics.alpha import estimate_alpha
from libra_emo.annotation.statistics.distances import nominal_distances


def krippendorff_alpha(counts: pd.DataFrame) -> float:
    """Return Krippendorff's alpha for nominal answers; 1 is full agreement, 0 is chance.

    Args:
        counts: A row a unit, a column an answer, cells the number of annotators who gave it.

    Returns:
        The coefficient, or nan where it is not defined: no unit with two answers, or only one
        answer ever given.
    """
    table = counts.to_numpy(dtype=float)
    return estimate_alpha(table, [nominal_distances(table.shape[1])], draws=0)[0].value


def measure_agreement(votes: pd.DataFrame, campaign: Campaign) -> dict[str, float | int | None]:
    """Return how far the annotators of a campaign agree, for reports.

    Args:
        votes: HumanVotes; rows of other campaigns, its adjudication included, are left out.
        campaign: Campaign whose votes are measured.

    Returns:
        clips and votes (how many), krippendorff_alpha (null where not defined; `other` is an
        answer like the rest), and for each outcome of the vote its share of the clips:
        share_agreed, share_other, share_tie, share_miss (null without clips).
    """
    counted = count_votes(votes, campaign)
    alpha = krippendorff_alpha(pd.crosstab(counted["clip_id"], counted["label"]))
    outcomes = decide(counted, campaign)["outcome"]
    shares = {
        f"share_{name}": round(float((outcomes == name).mean()), 4) if len(outcomes) else None
        for name in DECISION_OUTCOMES
    }
    return {
        "clips": len(outcomes),
        "votes": len(counted),
        "krippendorff_alpha": None if math.isnan(alpha) else round(alpha, 4),
        **shares,
    }


def summarise_campaigns(votes: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one row per campaign: who answered, how much, and how far they agree.

    Args:
        votes: HumanVotes that count, of any campaigns and their adjudications.

    Returns:
        campaign; people, the number of annotators; clips; votes; adjudicated, the number of clips
        that an adjudicator decided; krippendorff_alpha, null where it is not defined.
    """
    kind = votes["campaign"].str.endswith(ADJUDICATION_SUFFIX)
    rows = []
    for name, own in votes[~kind].groupby("campaign", sort=False):
        adjudication = votes["campaign"] == f"{name}{ADJUDICATION_SUFFIX}"
        alpha = krippendorff_alpha(pd.crosstab(own["clip_id"], own["label"]))
        rows.append(
            {
                "campaign": str(name),
                "people": int(own["annotator"].nunique()),
                "clips": int(own["clip_id"].nunique()),
                "votes": len(own),
                "adjudicated": int(votes.loc[adjudication, "clip_id"].nunique()),
                "krippendorff_alpha": None if math.isnan(alpha) else round(alpha, 4),
            }
        )
    return rows
