"""Votes as arrays: which clip, which person, which answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from libra_emo.errors import LibraEmoError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class LabellingError(LibraEmoError):
    """Votes, samples or labels do not fit together."""


class Votes(NamedTuple):
    """Votes by position: each array has one item a vote.

    Attributes:
        clip: Position of the clip.
        person: Position of the person.
        answer: Position of the answer.
    """

    clip: Ints
    person: Ints
    answer: Ints


def encode_votes(
    table: pd.DataFrame, clips: Sequence[str], people: Sequence[str], answers: Sequence[str]
) -> Votes:
    """Return the votes of a table by position.

    Args:
        table: A row a vote: clip_id, annotator, label.
        clips: Ids of the clips in their order; votes for other clips are an error.
        people: Names of the annotators in their order.
        answers: The labels in their order, then the answer for none of them.

    Raises:
        LabellingError: If a clip, an annotator or an answer is not known.
    """
    columns = (("clip_id", clips), ("annotator", people), ("label", answers))
    return Votes(*(_positions(table[name], known, name) for name, known in columns))


def count_answers(votes: Votes, clips: int, answers: int) -> Floats:
    """Return how often each answer was given for each clip: an array (clips, answers)."""
    places = votes.clip * answers + votes.answer
    counts = np.bincount(places, minlength=clips * answers).reshape(clips, answers)
    return counts.astype(np.float64)


def _positions(column: pd.Series, known: Sequence[str], name: str) -> Ints:
    found = pd.Index(known).get_indexer(pd.Index(column.astype(str)))
    if (found < 0).any():
        first = column.iloc[int(np.argmin(found))]
        raise LabellingError(f"the votes name {first!r} as {name}, which is not known here")
    return found.astype(np.int64)
