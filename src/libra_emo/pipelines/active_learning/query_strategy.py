"""The query strategy: which clips a round asks annotators about."""

from __future__ import annotations

import pandas as pd

from libra_emo.schemas import Queue, check, empty


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
