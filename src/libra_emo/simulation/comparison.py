"""Arms side by side: what share of the paper's judgements each needs for labels as good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from libra_emo.labelling.votes import Floats
from libra_emo.simulation.arms import Point

REFERENCE = "disagreement"
METRICS = ("accuracy", "macro_recall")
LEVEL = 0.95


class Run(NamedTuple):
    """One arm on one population.

    Attributes:
        arm: Name of the arm.
        seed: Seed of the population.
        points: How good the labels were after some judgements.
    """

    arm: str
    seed: int
    points: list[Point]


def tabulate(runs: Iterable[Run]) -> pd.DataFrame:
    """Return a row a point: arm, seed, judgements, accuracy, macro_recall, dropped."""
    rows = [
        (run.arm, run.seed, p.judgements, p.accuracy, p.macro_recall, p.dropped)
        for run in runs
        for p in run.points
    ]
    columns = ["arm", "seed", "judgements", *METRICS, "dropped"]
    return pd.DataFrame(rows, columns=columns)


def shares_of_judgements(run: Run, reference: Run) -> dict[str, float]:
    """Return by metric the judgements that an arm needs for what the reference ends with.

    The share is of the reference's judgements, between two points of the arm by a straight line;
    NaN where the arm does not get there.
    """
    goal = reference.points[-1]
    budget = max(goal.judgements, 1)
    return {
        metric: _first_reached(run.points, metric, getattr(goal, metric)) / budget
        for metric in METRICS
    }


def recall_differences(run: Run, reference: Run) -> Floats:
    """Return by class how much better an arm's recall is at the reference's judgements."""
    goal = reference.points[-1]
    reached = [point for point in run.points if point.judgements <= goal.judgements]
    difference: Floats = reached[-1].recalls - goal.recalls
    return difference


def summarise(
    runs: Sequence[Run], labels: Sequence[str], arms: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return by arm the means over the seeds, with intervals.

    Returns:
        For each arm but the reference share_of_judgements (the larger of the two metrics' shares,
        of the means over the seeds), share_by_metric, and recall_at_equal_cost by class (mean
        difference from the reference with its interval, and how many classes are worse); for
        every arm judgements, accuracy and macro_recall at its last point.
    """
    by_seed = {(run.arm, run.seed): run for run in runs}
    seeds = sorted({run.seed for run in runs})
    result: dict[str, dict[str, Any]] = {}
    for arm in arms:
        pairs = [(by_seed[arm, seed], by_seed[REFERENCE, seed]) for seed in seeds]
        ends = [own.points[-1] for own, _ in pairs]
        summary: dict[str, Any] = {
            "judgements": interval([float(end.judgements) for end in ends]),
            **{metric: interval([getattr(end, metric) for end in ends]) for metric in METRICS},
        }
        if arm != REFERENCE:
            summary |= _compare(pairs, labels)
        result[arm] = summary
    return result


def interval(values: Sequence[float]) -> dict[str, float | None]:
    """Return the mean of values, one a seed, and its interval by Student's t; null for one seed."""
    from scipy.stats import t

    array = np.array(values, dtype=np.float64)
    mean, count = float(array.mean()), len(array)
    if count < 2 or np.isnan(array).any():
        return {"mean": _number(mean), "low": None, "high": None}
    reach = float(t.ppf((1 + LEVEL) / 2, count - 1) * array.std(ddof=1) / np.sqrt(count))
    return {"mean": _number(mean), "low": _number(mean - reach), "high": _number(mean + reach)}


def _compare(pairs: Sequence[tuple[Run, Run]], labels: Sequence[str]) -> dict[str, Any]:
    shares = [shares_of_judgements(own, reference) for own, reference in pairs]
    by_metric = {metric: interval([share[metric] for share in shares]) for metric in METRICS}
    means = [by_metric[metric]["mean"] for metric in METRICS]
    missed = [mean for mean in means if mean is None]
    largest = None if missed else max(mean for mean in means if mean is not None)
    differences = np.array([recall_differences(own, reference) for own, reference in pairs])
    by_label = {label: interval(list(differences[:, n])) for n, label in enumerate(labels)}
    worse = [label for label, found in by_label.items() if (found["mean"] or 0) < 0]
    return {
        "share_of_judgements": largest,
        "share_by_metric": by_metric,
        "recall_at_equal_cost": by_label,
        "classes_worse": worse,
    }


def _first_reached(points: Sequence[Point], metric: str, goal: float) -> float:
    before: tuple[float, float] | None = None
    for point in points:
        value = getattr(point, metric)
        if value >= goal:
            if before is None:
                return float(point.judgements)
            spent, lower = before
            return float(spent + (point.judgements - spent) * (goal - lower) / (value - lower))
        before = float(point.judgements), value
    return float("nan")


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 5)
