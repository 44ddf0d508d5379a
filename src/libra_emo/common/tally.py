"""How often each answer was given for each item, and which answer leads, in linear time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from libra_emo.common.columns import encode


class Tally(NamedTuple):
    """The answers to a number of items, summed up; each part has one element an item.

    Attributes:
        items: The items, sorted.
        leader: The most frequent answer of each item, of several the first in sorted order; null
            for an item without an answer.
        support: Number of times that the leader was given.
        leaders: Number of answers that were given as often as the leader; above 1 is a tie.
        answers: Number of answers.
    """

    items: pd.Index
    leader: pd.Index
    support: NDArray[np.int64]
    leaders: NDArray[np.int64]
    answers: NDArray[np.int64]


def tally(items: pd.Series, answers: pd.Series) -> Tally:
    """Sum up answers; the order of the rows decides nothing.

    Time and memory grow as the rows do. Categorical columns are the fastest.

    Args:
        items: Item of each answer, as text without nulls.
        answers: The answers as text, in the order of `items`; a null is no answer.
    """
    codes, names = encode(items)
    answer_codes, answer_names = encode(answers)
    support = np.zeros(len(names), dtype=np.int64)
    total, leaders = np.zeros_like(support), np.zeros_like(support)
    leader = np.full_like(support, -1)
    for code in range(len(answer_names)):
        counts = np.bincount(codes[answer_codes == code], minlength=len(names))
        total += counts
        ahead = counts > support
        leaders += (counts == support) & (counts > 0)
        leaders[ahead], leader[ahead] = 1, code
        np.maximum(support, counts, out=support)
    present = np.bincount(codes, minlength=len(names)) > 0  # some categories may have no row
    leader_names = answer_names.array.take(leader[present], allow_fill=True)
    return Tally(
        names[present],
        pd.Index(leader_names, dtype="str"),
        support[present],
        leaders[present],
        total[present],
    )
