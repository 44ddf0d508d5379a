"""How many votes each answer of each unit has, and which answer leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Leaders:
    """Which answers lead, one entry a unit.

    Attributes:
        answer: Place of the leading answer; of several that lead, the first one.
        support: Number of its votes.
        leading: How many answers have this number of votes.
        votes: Number of votes of the unit.
    """

    answer: Integers
    support: Integers
    leading: Integers
    votes: Integers


def count_answers(units: Integers, answers: Integers, shape: tuple[int, int]) -> Integers:
    """Return how often each answer was given for each unit, a row a unit, a column an answer.

    Args:
        units: The unit of each vote, as a place.
        answers: The answer of each vote, as a place.
        shape: Number of units and number of answers.
    """
    rows, columns = shape
    flat = np.bincount(answers * np.int64(rows) + units, minlength=rows * columns)
    return flat.reshape(columns, rows).T


def find_leaders(counts: Integers) -> Leaders:
    """Return which answers lead.

    Args:
        counts: Number of votes, a row a unit, a column an answer.
    """
    answer, support, leading = (np.zeros(len(counts), dtype=np.int64) for _ in range(3))
    for place, column in enumerate(counts.T):  # columns lie together in memory
        ahead = column > support
        leading += column == support
        answer[ahead], leading[ahead] = place, 1
        np.maximum(support, column, out=support)
    return Leaders(answer, support, leading, votes=counts.sum(axis=1))
