"""The uncertainty of scores: bootstrap and Wilson intervals, and a paired test of two models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from libra_emo.evaluation.metrics import METRICS, encode_answers, score, weighted_scores
from libra_emo.taxonomy import Taxonomy

LEVEL_PERCENT = 95.0


@dataclass(frozen=True)
class PairedTest:
    """The comparison of two models on the same clips.

    Attributes:
        only_first: Number of clips that only the first model predicts correctly.
        only_second: Number of clips that only the second model predicts correctly.
        p_value: p-value of McNemar's exact two-sided test.
    """

    only_first: int
    only_second: int
    p_value: float


def bootstrap_intervals(
    truth: Iterable[object],
    predicted: Iterable[object],
    taxonomy: Taxonomy,
    seed: int,
    resamples: int = 2000,
) -> dict[str, tuple[float, float]]:
    """Return the 95 % percentile bootstrap interval of every score in `METRICS`.

    For models with the same clips in the same order, the same seed draws the same samples.

    Args:
        truth: True labels.
        predicted: Predicted labels in the same order; null where unreadable.
        taxonomy: The emotions.
        seed: Seed of the bootstrap.
        resamples: Number of bootstrap samples.
    """
    answers = encode_answers(truth, predicted, taxonomy)
    size = len(answers)
    if size == 0:
        return {name: (float("nan"), float("nan")) for name in METRICS}
    draws = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=resamples)
    scores = weighted_scores(answers, draws.astype(float))
    return {name: _percentiles(values) for name, values in scores.items()}


def score_with_intervals(
    truth: Iterable[object],
    predicted: Iterable[object],
    taxonomy: Taxonomy,
    seed: int,
    resamples: int = 2000,
) -> dict[str, float]:
    """Return each score with `<name>_low` and `<name>_high`, and the share of unreadable answers.

    The arguments are those of `bootstrap_intervals`.
    """
    truths, answers = list(truth), list(predicted)
    scores = score(truths, answers, taxonomy)
    intervals = bootstrap_intervals(truths, answers, taxonomy, seed, resamples)
    result: dict[str, float] = {}
    for name, value in scores.items():
        result[name] = value
        if name in intervals:
            result[f"{name}_low"], result[f"{name}_high"] = intervals[name]
    return result


def wilson_interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of hits / total; (NaN, NaN) if the total is 0."""
    from scipy.stats import binomtest

    if total == 0:
        return float("nan"), float("nan")
    interval = binomtest(hits, total).proportion_ci(LEVEL_PERCENT / 100, method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar(
    truth: Iterable[object],
    first: Iterable[object],
    second: Iterable[object],
    taxonomy: Taxonomy,
) -> PairedTest:
    """Return McNemar's exact test of two models' predictions for the same clips.

    Args:
        truth: True labels.
        first: Predictions of the first model in the same order; null where unreadable.
        second: Predictions of the second model in the same order.
        taxonomy: The emotions.
    """
    from scipy.stats import binomtest

    truths = list(truth)
    one, two = encode_answers(truths, first, taxonomy), encode_answers(truths, second, taxonomy)
    first_right, second_right = one.truth == one.predicted, two.truth == two.predicted
    only_first = int((first_right & ~second_right).sum())
    only_second = int((second_right & ~first_right).sum())
    differing = only_first + only_second
    p_value = float(binomtest(only_first, differing).pvalue) if differing else 1.0
    return PairedTest(only_first, only_second, p_value)


def _percentiles(values: np.ndarray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if not known.size:
        return float("nan"), float("nan")
    tail = (100 - LEVEL_PERCENT) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return float(low), float(high)
