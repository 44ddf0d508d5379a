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
    columns = np.ascontiguousarray(counts.T, dtype=np.int32)  # an answer's counts lie together
    answers = len(columns)
    # one number holds the count and the place, of which the first one is the largest
    behind = np.arange(answers - 1, -1, -1, dtype=np.int32)[:, None]
    best = (columns * np.int32(answers) + behind).max(axis=0)
    support = best // answers
    return Leaders(
        answer=(answers - 1 - best % answers).astype(np.int64),
        support=support.astype(np.int64),
        leading=(columns == support).sum(axis=0),
        votes=columns.sum(axis=0),
    )
