"""How far a campaign has come, and how much each person has answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from libra_emo.annotation.campaigns import Campaign

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Progress:
    """How far a campaign has come.

    Attributes:
        campaign: The campaign.
        clips: How many clips it asks about.
        complete: How many of them have all the votes that they need.
        votes: How many votes count.
        missing: How many votes are missing.
        disputed: How many of the complete clips have no consensus and go to adjudication.
        by_person: Number of clips that each person answered, by name.
        closed: Whether the campaign takes no more votes.
    """

    campaign: Campaign
    clips: int
    complete: int
    votes: int
    missing: int
    disputed: int
    by_person: dict[str, int]
    closed: bool


def measure_progress(
    campaign: Campaign, clips: Collection[str], history: pd.DataFrame, closed: bool
) -> Progress:
    """Return how far a campaign has come.

    Args:
        campaign: The campaign.
        clips: Ids of the clips that it asks about now.
        history: Every vote that it got, as the store returns them.
        closed: Whether it is closed.
    """
    from libra_emo.annotation.consensus import count_votes, decide, needs_adjudication

    latest = history.drop_duplicates(["clip_id", "annotator"], keep="last")
    latest = latest[latest["clip_id"].isin(clips)]
    counts = history["clip_id"].isin(clips) & history["label"].isin(campaign.answers)
    counted = count_votes(history[counts], campaign)
    sizes = counted.groupby("clip_id").size()
    complete = sizes.index[sizes >= campaign.annotators_per_clip]
    decisions = decide(counted[counted["clip_id"].isin(complete)], campaign)
    by_person = latest["annotator"].value_counts().sort_index()
    return Progress(
        campaign=campaign,
        clips=len(clips),
        complete=len(complete),
        votes=len(counted),
        missing=len(clips) * campaign.annotators_per_clip - len(counted),
        disputed=len(needs_adjudication(decisions)),
        by_person={str(name): int(count) for name, count in by_person.items()},
        closed=closed,
    )
