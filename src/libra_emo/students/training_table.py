"""The table that a student is trained on: features of labelled clips, and which columns count."""

from __future__ import annotations

import pandas as pd

from libra_emo.schemas import Features, RoundLabels, check, check_labels
from libra_emo.students.errors import StudentError
from libra_emo.taxonomy import Taxonomy

PREFIXES = {"V": "face_", "A": "voice_", "T": "text_"}


def join_labels(features: pd.DataFrame, labels: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return `Features` of the clips that have a label, with the columns label and origin.

    Raises:
        StudentError: If a labelled clip has no features, or there are fewer than two labels.
        TableError: If a label is not in the taxonomy.
    """
    labels = check(labels, RoundLabels)
    check_labels(labels["label"], taxonomy, "training labels")
    missing = sorted(set(labels["clip_id"]) - set(features["clip_id"]))
    if missing:
        raise StudentError(
            f"clip {missing[0]} has a label and no features ({len(missing)} such clips); "
            "run preprocessing again"
        )
    kinds = sorted(labels["label"].unique())
    if len(kinds) < 2:
        found = f"only the label {kinds[0]!r}" if kinds else "no label"
        raise StudentError(
            f"{len(labels)} training clips with {found}; a student needs at least two labels"
        )
    joined = check(features, Features).merge(labels[["clip_id", "label", "origin"]], on="clip_id")
    return joined.sort_values("clip_id", ignore_index=True)


def choose_columns(features: pd.DataFrame, modalities: str) -> list[str]:
    """Return the measured columns of some modalities; T may have none besides the subtitle.

    Args:
        features: `Features`.
        modalities: Letters of V (`face_*`), A (`voice_*`) and T (`text_*`).

    Raises:
        StudentError: If a modality has neither a column nor a subtitle.
    """
    chosen: list[str] = []
    for letter in modalities:
        named = [name for name in features.columns if name.startswith(PREFIXES[letter])]
        if not named and letter != "T":
            raise StudentError(
                f"modality {letter}: the features have no column {PREFIXES[letter]}*; "
                "leave the letter out, or extract these features"
            )
        chosen += sorted(named)
    if not chosen and features["subtitle"].str.strip().eq("").all():
        raise StudentError(
            "modality T: all subtitles are empty, and there is no text_* column; leave T out"
        )
    return chosen
