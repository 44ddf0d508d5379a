"""Intervals and comparisons of models on the bench, which know that clips come in films."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from libra_emo.evaluation.metrics import METRICS, UNREADABLE, encode_answers, score
from libra_emo.evaluation.statistics import intervals as clustered
from libra_emo.evaluation.statistics.answer_matrix import AnswerMatrix, number_films
from libra_emo.evaluation.statistics.comparisons import compare_all
from libra_emo.taxonomy import Taxonomy

LEVEL_PERCENT = 95.0


@dataclass(frozen=True)
class PairedTest:
    """The comparison of two models on the same clips.

    Attributes:
        only_first: Number of clips that only the first model predicts correctly.
        only_second: Number of clips that only the second model predicts correctly.
        difference: Accuracy of the first model less that of the second.
        low: Lower end of its 95 % interval, clustered by film; NaN below two films.
        high: Upper end.
        p_value: p-value of a two-sided test that flips the signs of the films' differences.
        p_mcnemar: p-value of McNemar's exact two-sided test, which ignores films.
    """

    only_first: int
    only_second: int
    difference: float
    low: float
    high: float
    p_value: float
    p_mcnemar: float


def score_with_intervals(
    truth: Iterable[object],
    predicted: Iterable[object],
    films: Iterable[str],
    taxonomy: Taxonomy,
) -> dict[str, float]:
    """Return each score with `<name>_low` and `<name>_high`, and the share of unreadable answers.

    The 95 % intervals are clustered by film, see `libra_emo.evaluation.statistics.intervals`; below
    two films they are not known (NaN).

    Args:
        truth: True labels.
        predicted: Predicted labels in the same order; null where unreadable.
        films: Film of each clip in the same order.
        taxonomy: The emotions.
    """
    truths, answers = list(truth), list(predicted)
    scores = score(truths, answers, taxonomy)
    result: dict[str, float] = {}
    intervals = _intervals(truths, answers, list(films), taxonomy) if truths else {}
    for name in METRICS:
        ends = intervals.get(name, (float("nan"), float("nan")))
        result |= {name: scores[name], f"{name}_low": ends[0], f"{name}_high": ends[1]}
    return {**result, UNREADABLE: scores[UNREADABLE]}


def wilson_interval(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of hits / total; (NaN, NaN) if the total is 0."""
    from scipy.stats import binomtest

    if total == 0:
        return float("nan"), float("nan")
    interval = binomtest(hits, total).proportion_ci(LEVEL_PERCENT / 100, method="wilson")
    return float(interval.low), float(interval.high)


def compare_pair(
    truth: Iterable[object],
    first: Iterable[object],
    second: Iterable[object],
    films: Iterable[str],
    taxonomy: Taxonomy,
    seed: int,
    permutations: int,
) -> PairedTest:
    """Return the comparison of two models' predictions for the same clips.

    Args:
        truth: True labels.
        first: Predictions of the first model in the same order; null where unreadable.
        second: Predictions of the second model in the same order.
        films: Film of each clip in the same order.
        taxonomy: The emotions.
        seed: Seed of the sign flips.
        permutations: Number of sign flips.
    """
    matrix = match_answers(list(truth), [list(first), list(second)], list(films), taxonomy)
    found = compare_all(matrix, seed, permutations)[0]
    return PairedTest(
        found.only_first,
        found.only_second,
        found.difference,
        found.low,
        found.high,
        found.p_value,
        found.p_mcnemar,
    )


def _intervals(
    truth: list[object], predicted: list[object], films: list[str], taxonomy: Taxonomy
) -> dict[str, tuple[float, float]]:
    matrix = match_answers(truth, [predicted], films, taxonomy)
    found = clustered.clustered_intervals(matrix, 0, matrix.answered[0])
    return {name: (interval.low, interval.high) for name, interval in found.items()}


def match_answers(
    truth: list[object],
    predictions: Sequence[list[object]],
    films: list[str],
    taxonomy: Taxonomy,
) -> AnswerMatrix:
    """Return the answers of several models as codes; one that is null has no label.

    Args:
        truth: True labels.
        predictions: Each model's predictions in the same order.
        films: Film of each clip in the same order.
        taxonomy: The emotions.
    """
    encoded = [encode_answers(truth, predicted, taxonomy) for predicted in predictions]
    return AnswerMatrix(
        encoded[0].truth,
        np.stack([answers.predicted for answers in encoded]),
        number_films(films),
        encoded[0].labels,
        encoded[0].negative,
        tuple(str(place) for place in range(len(encoded))),
    )
