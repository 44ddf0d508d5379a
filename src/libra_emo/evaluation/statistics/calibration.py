"""Whether probabilities can be trusted: calibration, and accuracy against coverage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.evaluation.statistics.answer_matrix import Codes, Flags, Numbers

BINS = 15
_DIGITS = 12  # below, confidences differ by rounding alone


class Calibration(NamedTuple):
    """How far a model's probabilities can be trusted; lower is better.

    Attributes:
        ece: Expected calibration error, over bins with equally many answers.
        brier: Brier score over all classes, from 0 to 2.
        nll: Negative logarithm of the true class's probability, in nats.
        aurc: Area under the curve of risk against coverage.
    """

    ece: float
    brier: float
    nll: float
    aurc: float


class CoverageCurve(NamedTuple):
    """Accuracy of the surest answers.

    Attributes:
        coverage: Shares of the clips, ascending.
        accuracy: Accuracy of the surest answers of each share.
    """

    coverage: Numbers
    accuracy: Numbers


def measure_calibration(probabilities: Numbers, truth: Codes) -> Calibration:
    """Return the measures of one model's probabilities.

    Args:
        probabilities: Rows that add up to 1, [clips, classes].
        truth: Place of each clip's true class, [clips].
    """
    rows = np.arange(len(truth))
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    target = np.zeros_like(probabilities)
    target[rows, truth] = 1
    curve = coverage_curve(confidence, right)
    return Calibration(
        calibration_error(confidence, right),
        float(((probabilities - target) ** 2).sum(axis=1).mean()),
        float(-np.log(np.maximum(probabilities[rows, truth], 1e-12)).mean()),
        float(1 - curve.accuracy.mean()),
    )


def calibration_error(confidence: Numbers, right: Flags, bins: int = BINS) -> float:
    """Return the expected calibration error over bins with equally many answers."""
    order = np.argsort(confidence, kind="stable")
    gaps = [
        len(part) * abs(confidence[part].mean() - right[part].mean())
        for part in np.array_split(order, min(bins, len(order)))
    ]
    return float(sum(gaps) / len(order))


def coverage_curve(confidence: Numbers, right: Flags) -> CoverageCurve:
    """Return the accuracy of the surest answers, for every share of the clips.

    Answers that are equally sure count with their mean, so that their order changes nothing.
    """
    rounded = np.round(confidence, _DIGITS)
    sure, group, sizes = np.unique(-rounded, return_inverse=True, return_counts=True)
    mean = np.bincount(group, weights=right, minlength=len(sure)) / sizes
    number = np.arange(1, len(right) + 1)
    accuracy = np.cumsum(np.repeat(mean, sizes)) / number
    return CoverageCurve(number / len(right), accuracy)
