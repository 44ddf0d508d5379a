"""How a round asks: its queue, its audit, and one annotator after the other where that is set."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from libra_emo.annotation.campaigns import (
    ADJUDICATION_SUFFIX,
    AUDIT,
    Campaign,
    PeopleNeeded,
)
from libra_emo.annotation.collection import AnnotatorInputs, ask_annotators
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.sequential_asking import Weigh, ask_in_steps, find_answered, join_votes
from libra_emo.schemas import HumanVotes, empty
from libra_emo.taxonomy import Taxonomy


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
            asking, clips, taxonomy, annotation, answered=find_answered(known), **inputs
        )

    try:
        if options.sequential:
            votes[0] = ask_in_steps(
                queue, campaign, votes_before, weigh, ask, taxonomy, options.asking
            )
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
