"""Folds of films: clips of one film are held out together."""

from __future__ import annotations

import pandas as pd


def assign_folds(groups: pd.Series, count: int) -> dict[str, int]:
    """Return the fold of each group, so that all folds have about as many clips.

    Groups are taken by size, the largest first, and each goes to the fold with the fewest clips.
    So the order of rows decides nothing.

    Args:
        groups: Group of each clip, such as its film.
        count: Number of folds, at most the number of groups.
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
