"""Which answers go together: coincidences, agreement by answer, and Fleiss' kappa."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def count_coincidences(counts: NDArray[np.number]) -> Numbers:
    """Return Krippendorff's coincidences: how often two answers stand in one unit.

    Every ordered pair of answers of a unit with m answers counts 1 / (m - 1), so the sum is the
    number of answers that have a partner. Units with fewer than two answers are left out.

    Args:
        counts: Number of annotators, a row a unit, a column an answer.
    """
    table = np.asarray(counts, dtype=float)
    table = table[table.sum(axis=1) >= 2]
    weights = 1 / (table.sum(axis=1) - 1)
    together = (table * weights[:, None]).T @ table
    return np.asarray(together - np.diag(table.T @ weights))


def share_partners(coincidences: Numbers) -> Numbers:
    """Return for each answer how often each other one is given by a second annotator.

    A row is the answer of the one, its columns are shares of the answers of another one and add
    up to 1; the diagonal is the agreement by answer. Rows of answers without partner are nan.
    """
    totals = coincidences.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(totals > 0, coincidences / totals, math.nan)


def fleiss_kappa(counts: NDArray[np.number]) -> float | None:
    """Return Fleiss' kappa, or None where the units do not all have the same number of answers.

    Source: Fleiss, "Measuring nominal scale agreement among many raters" (1971).

    Args:
        counts: Number of annotators, a row a unit, a column an answer.

    Returns:
        The coefficient; nan if only one answer was ever given.
    """
    table = np.asarray(counts, dtype=float)
    sizes = table.sum(axis=1)
    if not len(table) or sizes.min() != sizes.max() or sizes[0] < 2:
        return None
    raters = sizes[0]
    observed = ((table**2).sum(axis=1) - raters).mean() / (raters * (raters - 1))
    expected = ((table.sum(axis=0) / table.sum()) ** 2).sum()
    return float((observed - expected) / (1 - expected)) if expected < 1 else math.nan
