"""Speakers of clips, as far as they can be separated; what is usual is measured by speaker."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from libra_emo.common.options import Options


class SpeakerOptions(Options):
    """Options by which the speakers of a film are separated.

    Attributes:
        column: Feature by which they differ.
        min_distance: Smallest distance between the means of the two groups, in the column's unit.
        min_clips: Smallest number of clips of each group.
    """

    column: str
    min_distance: float = Field(gt=0)
    min_clips: int = Field(3, ge=1)


def assign_speakers(features: pd.DataFrame, options: SpeakerOptions | None) -> NDArray[np.intp]:
    """Return a number for each clip's speaker: its film, or one of two groups of the film's clips.

    A film is split in two where the split leaves the least variance, provided that the groups are
    far enough apart. Women's and men's voices differ by about eight to ten semitones, while one
    person's feelings seldom move the voice by six. A clip without a value is in the lower group.
    """
    films = pd.factorize(features["source_id"], sort=True)[0].astype(np.intp)
    if options is None:
        return films
    values = features[options.column].to_numpy(np.float64)
    speakers = 2 * films
    for rows in group_rows(films):
        own = values[rows]
        border = _border(own[np.isfinite(own)], options)
        speakers[rows[own > border]] += 1
    return speakers


def group_rows(groups: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return the rows of each group, in their order; of many groups none is searched for."""
    if not len(groups):
        return []
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    return np.split(order, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)


def _border(values: NDArray[np.float64], options: SpeakerOptions) -> float:
    """Return the largest value of the lower group; infinity if there is only one group."""
    ordered = np.sort(values)
    splits = [n for n in range(1, len(ordered)) if ordered[n - 1] < ordered[n]]
    if not splits:
        return np.inf
    count = min(splits, key=lambda n: ordered[:n].var() * n + ordered[n:].var() * len(ordered[n:]))
    low, high = ordered[:count], ordered[count:]
    apart = high.mean() - low.mean() >= options.min_distance
    enough = min(len(low), len(high)) >= options.min_clips
    return float(low[-1]) if apart and enough else np.inf
