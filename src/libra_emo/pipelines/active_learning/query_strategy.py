"""The query strategy: which clips a round asks annotators about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from libra_emo.common.seeding import uniforms
from libra_emo.labelling.evidence import Evidence, label_places
from libra_emo.labelling.query_strategies import STRATEGIES, select
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.schemas import PEOPLE_ORIGINS, Queue, check, empty
from libra_emo.taxonomy import Taxonomy


def query_clips(
    labels: pd.DataFrame,
    predictions: pd.DataFrame,
    weigh: Callable[[], Evidence],
    taxonomy: Taxonomy,
    options: ActiveLearningOptions,
    *,
    seed: int,
    round_number: int,
) -> pd.DataFrame:
    """Return the Queue of the clips that the parameter `query_strategy` chooses.

    The paper's rule reads labels and predictions; the others score each clip by what is known of
    it. Of too many clips those with the highest scores are asked; `disagreement` draws them.

    Args:
        labels: `RoundLabels` of the round before.
        predictions: `Predictions` of the same clips.
        weigh: Returns what is known of the clips; not called for the paper's rule.
        taxonomy: The labels.
        options: The strategy, and how many clips it may choose.
        seed: Seed of draws, and of the order of equal scores.
        round_number: The round, which has draws of its own.

    Raises:
        ValueError: If a labelled clip has no prediction.
        LabellingError: If the strategy cannot be used.
    """
    if options.query_strategy == "disagreement":
        queue = query_by_disagreement(
            labels, predictions, protect_people_labels=options.protect_people_labels
        )
        draws = uniforms(queue["clip_id"], seed, "query", round_number)
        kept = np.sort(draws.argsort(kind="stable")[: options.most_clips(len(labels))])
        return queue.iloc[kept].reset_index(drop=True)
    evidence = weigh()
    draws = uniforms(evidence.clips, seed, "query", round_number)
    candidates = evidence.candidates(label_places(evidence.clips, labels, taxonomy), draws)
    scores = STRATEGIES[options.query_strategy](candidates, options.asking)
    if options.protect_people_labels:
        settled = labels.loc[labels["origin"].isin(PEOPLE_ORIGINS), "clip_id"]
        scores = np.where(pd.Index(evidence.clips).isin(settled), -np.inf, scores)
    chosen = select(scores, options.most_clips(len(scores)))
    return tabulate_clips(labels, predictions, [evidence.clips[place] for place in chosen])


def tabulate_clips(
    labels: pd.DataFrame, predictions: pd.DataFrame, clips: list[str]
) -> pd.DataFrame:
    """Return the Queue of some labelled clips, with label, prediction and confidence."""
    if not clips:
        return empty(Queue)
    own = labels[labels["clip_id"].isin(clips)].rename(columns={"label": "current_label"})
    joined = own.merge(predictions, on="clip_id", how="left")
    columns = ["clip_id", "current_label", "predicted", "confidence"]
    return check(joined[columns].sort_values("clip_id"), Queue)


def query_by_disagreement(
    labels: pd.DataFrame, predictions: pd.DataFrame, *, protect_people_labels: bool
) -> pd.DataFrame:
    """Return the clips whose prediction is not their label (Algorithm 1, lines 20-25).

    A clip that the student could not read (`predicted` is null) differs too.

    Args:
        labels: `RoundLabels` of the round before.
        predictions: `Predictions` of the same clips.
        protect_people_labels: Whether clips are left out whose label people have set.

    Returns:
        A `Queue`, sorted by clip_id.

    Raises:
        ValueError: If a labelled clip has no prediction.
    """
    joined = labels.merge(predictions, on="clip_id", how="left", indicator=True)
    missing = joined.loc[joined["_merge"] == "left_only", "clip_id"]
    if len(missing):
        raise ValueError(
            f"{len(missing)} labelled clips have no prediction, first {missing.iloc[0]}; "
            "predict all labelled clips before selecting among them"
        )
    differs = joined["predicted"].isna() | (joined["predicted"] != joined["label"])
    if protect_people_labels:
        differs &= joined["origin"] == "machine"
    if not differs.any():
        return empty(Queue)
    queue = joined.loc[differs].rename(columns={"label": "current_label"})
    columns = ["clip_id", "current_label", "predicted", "confidence"]
    return check(queue[columns].sort_values("clip_id"), Queue)
