"""How far annotators agree: Krippendorff's alpha, and how many clips the votes decide."""

from __future__ import annotations

import math

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import DECISION_OUTCOMES, count_votes, decide


def krippendorff_alpha(counts: pd.DataFrame) -> float:
    """Return Krippendorff's alpha for nominal answers; 1 is full agreement, 0 is chance.

    Args:
        counts: A row a unit, a column an answer, cells the number of annotators who gave it.

    Returns:
        The coefficient, or nan where it is not defined: no unit with two answers, or only one
        answer ever given.
    """
    import krippendorff

    paired = counts[counts.sum(axis=1) >= 2]
    used = paired.loc[:, paired.sum(axis=0) > 0]
    if used.shape[1] < 2:
        return math.nan
    return float(krippendorff.alpha(value_counts=used.to_numpy(), level_of_measurement="nominal"))


def measure_agreement(votes: pd.DataFrame, campaign: Campaign) -> dict[str, float | int | None]:
    """Return how far the annotators of a campaign agree, for reports.

    Args:
        votes: HumanVotes; rows of other campaigns, its adjudication included, are left out.
        campaign: Whose votes to look at.

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
