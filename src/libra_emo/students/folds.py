"""Groups of clips that are held out together."""

from __future__ import annotations

import pandas as pd


def deal_folds(groups: pd.Series, count: int) -> dict[str, int]:
    """Return the fold of each group, for folds with about as many clips each.

    The largest group is dealt first, each to the fold that has fewest clips, so that the order of
    rows decides nothing.

    Args:
        groups: The group of each clip, such as its film.
        count: How many folds, at most as many as groups.
    """
    sizes = groups.value_counts()
    order = sorted(sizes.index, key=lambda name: (-sizes[name], name))
    load = [0] * count
    fold_of: dict[str, int] = {}
    for name in order:
        fold = load.index(min(load))
        fold_of[name] = fold
        load[fold] += int(sizes[name])
    return fold_of
