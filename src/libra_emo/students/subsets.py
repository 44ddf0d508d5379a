"""A share of the labels, for ablations."""

from __future__ import annotations

import hashlib
import math

import pandas as pd


def take_share(labels: pd.DataFrame, fraction: float, seed: int) -> pd.DataFrame:
    """Return a share of labelled clips, as large of every label, sorted by clip_id.

    Which clips are taken depends on their ids and the seed alone, and a smaller share is part of a
    larger one: 1/8 is inside 1/4, and both inside 1/2.

    Args:
        labels: `RoundLabels`.
        fraction: Above 0 and at most 1; of each label at least one clip stays.
        seed: Of the choice.
    """
    if fraction == 1.0:
        return labels
    draws = [_draw(seed, clip_id) for clip_id in labels["clip_id"]]
    rank = labels.assign(draw=draws).groupby("label")["draw"].rank(method="first")
    wanted = (
        labels["label"]
        .map(labels["label"].value_counts())
        .map(lambda count: max(1, math.floor(count * fraction + 0.5)))
    )
    return labels[rank <= wanted].sort_values("clip_id", ignore_index=True)


def _draw(seed: int, clip_id: str) -> str:
    return hashlib.sha256(f"{seed}/share/{clip_id}".encode()).hexdigest()
