"""The clips that are explained: every clip with a label."""

from __future__ import annotations

import pandas as pd

from libra_emo.explanations.cue_writer import ExplanationError
from libra_emo.explanations.model_writer import LabelledClip
from libra_emo.schemas import Candidates, Features, RoundLabels, check, check_labels
from libra_emo.taxonomy import Taxonomy


def clips_to_explain(
    labels: pd.DataFrame, features: pd.DataFrame, taxonomy: Taxonomy
) -> list[LabelledClip]:
    """Return each labelled clip with its label and its subtitle, sorted by clip_id.

    Args:
        labels: `RoundLabels`.
        features: `Features` of at least the labelled clips.
        taxonomy: Taxonomy of the labels.

    Raises:
        ExplanationError: If a labelled clip has no features.
        TableError: If a label is not in the taxonomy.
    """
    table = check(labels, RoundLabels).sort_values("clip_id")
    check_labels(table["label"], taxonomy, "labels")
    subtitles = dict(zip(features["clip_id"], check(features, Features)["subtitle"], strict=True))
    lost = [clip_id for clip_id in table["clip_id"] if clip_id not in subtitles]
    if lost:
        raise ExplanationError(
            f"clip {lost[0]} has a label and no features; run preprocessing again"
        )
    pairs = zip(table["clip_id"], table["label"], strict=True)
    return [LabelledClip(str(clip), str(label), str(subtitles[clip])) for clip, label in pairs]


def clips_without_labels(pool: pd.DataFrame, taxonomy: Taxonomy) -> list[LabelledClip]:
    """Return the clips that may get a label, each with the longest label, for a price.

    Args:
        pool: `Candidates`.
        taxonomy: Taxonomy of the labels.
    """
    longest = max(taxonomy.labels, key=len)
    table = check(pool, Candidates).sort_values("clip_id")
    pairs = zip(table["clip_id"], table["subtitle"], strict=True)
    return [LabelledClip(str(clip_id), longest, str(subtitle)) for clip_id, subtitle in pairs]
