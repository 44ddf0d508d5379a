"""How a round asks: its queue, its audit, and one annotator after the other where that is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Unpack

import numpy as np
import pandas as pd

from libra_emo.annotation.campaigns import (
    ADJUDICATION_SUFFIX,
    AUDIT,
    Campaign,
    PeopleNeeded,
)
from libra_emo.annotation.collection import AnnotatorInputs, ask_annotators
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.labelling.evidence import Evidence, label_places
from libra_emo.labelling.query_strategies import is_open
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.schemas import HumanVotes, check, empty
from libra_emo.taxonomy import Taxonomy

STEP_SUFFIX = ".step_"

# what is known of the clips with some further votes
Weigh = Callable[[pd.DataFrame], Evidence]


def round_campaign(number: int, taxonomy: Taxonomy, options: ActiveLearningOptions) -> Campaign:
    """Return the campaign of a round's queue."""
    return Campaign.of(f"round_{number}", taxonomy, options.annotators_per_clip, options.threshold)


def audit_campaign(number: int, taxonomy: Taxonomy, options: ActiveLearningOptions) -> Campaign:
    """Return the campaign of a round's audit, whose votes are kept under its own name."""
    audit = options.audit
    people, threshold = audit.annotators_per_clip, audit.threshold
    return Campaign.of(f"round_{number}", taxonomy, people, threshold).mixed(AUDIT)


def sealed_campaigns(number: int) -> tuple[str, str]:
    """Return the names of a round's audit and of its adjudication, sealed until it is certified."""
    name = f"round_{number}.{AUDIT}"
    return name, name + ADJUDICATION_SUFFIX


def join_votes(*tables: pd.DataFrame) -> pd.DataFrame:
    """Return votes in one table, in the order of the tables."""
    filled = [table for table in tables if len(table)]
    return check(pd.concat(filled, ignore_index=True), HumanVotes) if filled else empty(HumanVotes)


def ask_round(
    queue: pd.DataFrame,
    audit: pd.DataFrame,
    campaign: Campaign,
    panel: Campaign,
    votes_before: pd.DataFrame,
    weigh: Weigh,
    taxonomy: Taxonomy,
    options: ActiveLearningOptions,
    annotation: AnnotationOptions,
    **inputs: Unpack[AnnotatorInputs],
) -> pd.DataFrame:
    """Return the HumanVotes on a round's queue and on its audit, adjudications included.

    Both are opened before the run ends because people are needed, so that they are mixed.

    Args:
        queue: Queue of the round.
        audit: Audits of the round; drawn clips are asked.
        campaign: Campaign of the queue.
        panel: Campaign of the audit.
        votes_before: Votes of earlier rounds; whoever answered for a clip is not on its panel while
            there are others.
        weigh: Returns what is known of the clips with the votes of this round so far.
        taxonomy: The labels.
        options: Whether one annotator at a time is asked.
        annotation: Options of the simulated annotators.
        **inputs: Who answers, and how they are reached.

    Raises:
        PeopleNeeded: If people have not yet answered everything.
        SimulationError: If the simulated annotators lack the truth of a clip.
    """
    drawn = audit[audit["drawn"]].assign(reason="audit")
    drawn = drawn.rename(columns={"probability": "inclusion_probability"})
    waiting: list[PeopleNeeded] = []
    votes = [empty(HumanVotes), empty(HumanVotes)]

    def ask(asking: Campaign, clips: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
        return ask_annotators(
            asking, clips, taxonomy, annotation, answered=_answered(known), **inputs
        )

    try:
        if options.sequential:
            votes[0] = _ask_in_steps(queue, campaign, votes_before, weigh, taxonomy, options, ask)
        else:
            votes[0] = ask(campaign, queue, empty(HumanVotes))
    except PeopleNeeded as error:
        waiting.append(error)
    try:
        votes[1] = ask(panel, drawn, join_votes(votes_before, votes[0]))
    except PeopleNeeded as error:
        waiting.append(error)
    if waiting:
        raise waiting[0]
    return join_votes(*votes)


def _ask_in_steps(
    queue: pd.DataFrame,
    campaign: Campaign,
    votes_before: pd.DataFrame,
    weigh: Weigh,
    taxonomy: Taxonomy,
    options: ActiveLearningOptions,
    ask: Callable[[Campaign, pd.DataFrame, pd.DataFrame], pd.DataFrame],
) -> pd.DataFrame:
    """Return the votes of one annotator after the other, until each clip of a queue is closed."""
    clips, votes = queue, empty(HumanVotes)
    for step in range(1, campaign.annotators_per_clip + 1):
        name = campaign.name if step == 1 else f"{campaign.name}{STEP_SUFFIX}{step}"
        one = replace(campaign, name=name, annotators_per_clip=1, threshold=1, fresh=True)
        found = ask(one, clips, join_votes(votes_before, votes))
        votes = join_votes(votes, found.assign(campaign=campaign.name))
        evidence = weigh(votes)
        labels = label_places(evidence.clips, queue.rename(
            columns={"current_label": "label"}), taxonomy)  # fmt: skip
        candidates = evidence.candidates(labels, np.zeros(len(labels)))
        still_open = np.array(evidence.clips)[is_open(candidates, options.asking)]
        clips = clips[clips["clip_id"].isin(still_open)]
        if clips.empty:
            break
    return check(votes.sort_values(["clip_id", "annotator"]), HumanVotes)


def _answered(votes: pd.DataFrame) -> dict[str, set[str]]:
    """Return who answered for each clip."""
    people = votes.groupby("clip_id")["annotator"].agg(set).to_dict()
    return {str(clip_id): names for clip_id, names in people.items()}
