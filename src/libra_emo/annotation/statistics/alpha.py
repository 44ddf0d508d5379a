"""Krippendorff's alpha for any distance of answers, with intervals by resampling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from libra_emo.common.seeding import generator

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

LEVEL: Final = 0.95
_CELLS: Final = 2_000_000  # weights that are held at once


@dataclass(frozen=True)
class Estimate:
    """A coefficient and its 95 % interval; nan where it is not defined.

    Attributes:
        value: The coefficient of the data.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    value: float
    low: float
    high: float


def estimate_alpha(
    counts: NDArray[np.number],
    distances: Sequence[Numbers],
    clusters: Integers | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> list[Estimate]:
    """Return Krippendorff's alpha for each of several distances, with percentile intervals.

    Alpha is 1 - observed / expected disagreement. Disagreement is the mean distance of two answers:
    observed over the pairs within each unit of m answers, each pair weighted by 1 / (m - 1);
    expected over the pairs among all n answers, weighted by 1 / (n - 1). Units with fewer than two
    answers have no pair and are left out. Source: Krippendorff, "Computing Krippendorff's
    Alpha-Reliability" (2011), where the distance is his squared difference.

    The intervals are those of a bootstrap over clusters: as many clusters as there are, drawn with
    replacement. All distances share the draws.

    Args:
        counts: Number of annotators, a row a unit, a column an answer.
        distances: Symmetric matrices with zeros on the diagonal, one for each coefficient.
        clusters: The cluster of each unit, as a number; by default each unit is its own.
        draws: Number of bootstrap samples; 0 gives no intervals.
        seed: Seed of the draws.
    """
    table = np.asarray(counts, dtype=float)
    paired = table.sum(axis=1) >= 2
    table = table[paired]
    rows = np.column_stack([table, *(_disagree(table, distance) for distance in distances)])
    if clusters is not None:
        rows = _sum_clusters(rows, clusters[paired])
    values = _compute(rows.sum(axis=0, keepdims=True), distances)[0]
    if draws == 0 or len(rows) < 2:
        return [Estimate(float(value), math.nan, math.nan) for value in values]
    sums = _resample(rows, draws, seed)
    return [
        Estimate(float(value), *_find_interval(drawn))
        for value, drawn in zip(values, _compute(sums, distances).T, strict=True)
    ]


def _disagree(table: Numbers, distance: Numbers) -> Numbers:
    """Return the distances within each unit, its pairs weighted by 1 / (m - 1)."""
    pairs = ((table @ distance) * table).sum(axis=1)
    return np.asarray(pairs / (table.sum(axis=1) - 1))


def _sum_clusters(rows: Numbers, clusters: Integers) -> Numbers:
    _, places = np.unique(clusters, return_inverse=True)
    size = int(places.max(initial=-1)) + 1
    summed = [np.bincount(places, weights=column, minlength=size) for column in rows.T]
    return np.column_stack(summed)


def _compute(sums: Numbers, distances: Sequence[Numbers]) -> Numbers:
    """Return the coefficients of each sample from its sums of answers and of disagreement."""
    answers = sums.shape[1] - len(distances)
    totals, observed = sums[:, :answers], sums[:, answers:]
    weight = np.maximum(1.0, totals.sum(axis=1) - 1)
    expected = np.column_stack(
        [((totals @ distance) * totals).sum(axis=1) / weight for distance in distances]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - observed / expected, math.nan)


def _resample(rows: Numbers, draws: int, seed: int) -> Numbers:
    """Return the sums of the rows of each bootstrap sample."""
    draw = generator(seed, "bootstrap", "alpha")
    different, shares = _group(rows)
    # to draw how often each kind of row comes is the same as to draw the rows
    grouped = len(different) * 6 < len(rows)
    table = different if grouped else rows
    sums = []
    step = max(1, _CELLS // len(table))
    for first in range(0, draws, step):
        size = min(step, draws - first)
        if grouped:
            weights = draw.multinomial(len(rows), shares, size=size)
        else:
            weights = _count_drawn(draw, len(rows), size)
        sums.append(weights.astype(float) @ table)
    return np.concatenate(sums)


def _group(rows: Numbers) -> tuple[Numbers, Numbers]:
    """Return the different rows and their shares."""
    factors = generator(0, "bootstrap", "rows").random(rows.shape[1])
    _, places, sizes = np.unique(rows @ factors, return_index=True, return_counts=True)
    return rows[places], sizes / len(rows)


def _count_drawn(draw: np.random.Generator, clusters: int, samples: int) -> Integers:
    drawn = draw.integers(0, clusters, size=(samples, clusters))
    drawn += np.arange(samples)[:, None] * clusters
    counts = np.bincount(drawn.ravel(), minlength=samples * clusters)
    return counts.reshape(samples, clusters)


def _find_interval(drawn: Numbers) -> tuple[float, float]:
    defined = drawn[np.isfinite(drawn)]
    if not len(defined):
        return math.nan, math.nan
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
