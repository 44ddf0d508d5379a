"""How far two answers are from each other, as matrices for Krippendorff's alpha."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from libra_emo.taxonomy import Taxonomy

Numbers = NDArray[np.float64]

SAME_PARENT: Final = 1 / 3
SAME_TYPE: Final = 2 / 3


def nominal_distances(answers: int) -> Numbers:
    """Return the distances of answers that are either the same (0) or different (1)."""
    return 1.0 - np.eye(answers)


def coarse_distances(answers: Sequence[str], taxonomy: Taxonomy) -> Numbers:
    """Return 0 for answers with the same coarse parent, and 1 for all others.

    Args:
        answers: Labels, and answers that are none, which have no parent.
        taxonomy: The labels.
    """
    parents = np.array([taxonomy.coarse_of.get(answer, f"\0{answer}") for answer in answers])
    return np.asarray(parents[:, None] != parents[None, :], dtype=float)


def taxonomy_distances(answers: Sequence[str], taxonomy: Taxonomy) -> Numbers:
    """Return the distances of answers in the tree of types, coarse parents and labels.

    The same label has distance 0, labels of the same parent 1/3, of the same type 2/3, and all
    others 1. An answer that is no label has distance 1 from all others.

    Args:
        answers: Labels, and answers that are none.
        taxonomy: The labels.
    """
    types = np.array([taxonomy[a].type if a in taxonomy else f"\0{a}" for a in answers])
    distances = np.where(types[:, None] == types[None, :], SAME_TYPE, 1.0)
    distances[coarse_distances(answers, taxonomy) == 0] = SAME_PARENT
    np.fill_diagonal(distances, 0.0)
    return distances
