"""One annotator after the other is asked about each clip, until its posterior is sure enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.labelling.evidence import Evidence, label_places
from libra_emo.labelling.query_strategies import AskingOptions, is_open
from libra_emo.schemas import HumanVotes, check, empty
from libra_emo.taxonomy import Taxonomy

STEP_SUFFIX = ".step_"

# what is known of the clips with some further votes
Weigh = Callable[[pd.DataFrame], Evidence]
# the votes of a campaign on some clips; the last table says who answered for them before
Ask = Callable[[Campaign, pd.DataFrame, pd.DataFrame], pd.DataFrame]


def ask_in_steps(
    queue: pd.DataFrame,
    campaign: Campaign,
    votes_before: pd.DataFrame,
    weigh: Weigh,
    ask: Ask,
    taxonomy: Taxonomy,
    options: AskingOptions,
) -> pd.DataFrame:
    """Return the HumanVotes of a campaign that asks one annotator after the other.

    A clip is closed when its posterior reaches the target, or as many annotators as the campaign
    has for a clip have answered. Each step is a campaign of its own, whose votes count as those of
    the first.

    Args:
        queue: Queue of the campaign.
        campaign: The campaign; its number of annotators is the most that are asked about a clip.
        votes_before: HumanVotes of earlier campaigns.
        weigh: Returns what is known of the clips with the votes so far.
        ask: Asks one annotator about each of some clips.
        taxonomy: The labels.
        options: When a clip is closed.

    Raises:
        PeopleNeeded: If people have not yet answered everything.
    """
    clips, votes = queue, empty(HumanVotes)
    labels_before = queue.rename(columns={"current_label": "label"})
    for step in range(1, campaign.annotators_per_clip + 1):
        if clips.empty:
            break
        name = campaign.name if step == 1 else f"{campaign.name}{STEP_SUFFIX}{step}"
        one = replace(campaign, name=name, annotators_per_clip=1, threshold=1, fresh=True)
        found = ask(one, clips, join_votes(votes_before, votes))
        votes = join_votes(votes, found.assign(campaign=campaign.name))
        evidence = weigh(votes)
        places = label_places(evidence.clips, labels_before, taxonomy)
        candidates = evidence.candidates(places, np.zeros(len(places)))
        still_open = np.array(evidence.clips)[is_open(candidates, options)]
        clips = clips[clips["clip_id"].isin(still_open)]
    return check(votes.sort_values(["clip_id", "annotator"]), HumanVotes)


def join_votes(*tables: pd.DataFrame) -> pd.DataFrame:
    """Return votes in one table, in the order of the tables."""
    filled = [table for table in tables if len(table)]
    return check(pd.concat(filled, ignore_index=True), HumanVotes) if filled else empty(HumanVotes)


def find_answered(votes: pd.DataFrame) -> dict[str, set[str]]:
    """Return who answered for each clip."""
    people = votes.groupby("clip_id")["annotator"].agg(set).to_dict()
    return {str(clip_id): names for clip_id, names in people.items()}
