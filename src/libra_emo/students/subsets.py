"""Subsets of the labels, for ablations."""

from __future__ import annotations

import math

import pandas as pd

from libra_emo.common.seeding import draw_key


def take_share(labels: pd.DataFrame, fraction: float, seed: int) -> pd.DataFrame:
    """Return a share of labelled clips, stratified by label, sorted by clip_id.

    Which clips are taken depends on their ids and the seed alone. A smaller share is part of a
    larger one: 1/8 is part of 1/4, and both are part of 1/2.

    Args:
        labels: `RoundLabels`.
        fraction: Share of the clips, above 0 and at most 1; of each label at least one clip stays.
        seed: Seed of the choice.
    """
    if fraction == 1.0:
        return labels
    draws = [draw_key(seed, "share", clip_id).hex() for clip_id in labels["clip_id"]]
    rank = labels.assign(draw=draws).groupby("label")["draw"].rank(method="first")
    wanted = (
        labels["label"]
        .map(labels["label"].value_counts())
        .map(lambda count: max(1, math.floor(count * fraction + 0.5)))
    )
    return labels[rank <= wanted].sort_values("clip_id", ignore_index=True)
