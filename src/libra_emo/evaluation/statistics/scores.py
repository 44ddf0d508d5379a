"""Scores from counts by class: accuracy, F1, recall; all classes, and the negative ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from libra_emo.evaluation.statistics.answer_matrix import (
    AnswerMatrix,
    Counts,
    Flags,
    Numbers,
)

METRICS = (
    "accuracy",
    "macro_f1",
    "weighted_f1",
    "uar",
    "negative_accuracy",
    "negative_macro_f1",
    "negative_weighted_f1",
)


@dataclass(frozen=True)
class Bounds:
    """What a score would be if every answer without a label were wrong, and if it were right."""

    low: float
    high: float


def score_counts(counts: Counts, negative: Flags) -> dict[str, Numbers]:
    """Return each score of `METRICS` for counts of shape [..., k]; NaN where no clip counts.

    Accuracy is the weighted average recall (WAR) too. Macro-F1 averages over the classes that occur
    in truth or answers, as scikit-learn does; UAR averages the recall of the classes that occur in
    the truth. The scores called negative see only clips whose truth is a negative class, and
    average over all negative classes, whether they occur or not (section 3.1 of the paper).

    Args:
        counts: The counts.
        negative: Which classes are negative, [k].
    """
    hits, truths, predictions, inside = counts
    occurs = truths + predictions
    f1 = divide(2 * hits, occurs, 0.0)
    inside_truths = truths[..., negative]
    inside_f1 = divide(2 * hits[..., negative], inside_truths + inside[..., negative], 0.0)
    size, inside_size = truths.sum(-1), inside_truths.sum(-1)
    present = truths > 0
    recall = np.where(present, divide(hits, truths, 0.0), 0.0)
    inside_macro = np.where(inside_size > 0, inside_f1.sum(-1) / max(1, negative.sum()), np.nan)
    return {
        "accuracy": divide(hits.sum(-1), size),
        "macro_f1": divide(np.where(size > 0, f1.sum(-1), np.nan), (occurs > 0).sum(-1)),
        "weighted_f1": divide((f1 * truths).sum(-1), size),
        "uar": divide(recall.sum(-1), present.sum(-1)),
        "negative_accuracy": divide(hits[..., negative].sum(-1), inside_size),
        "negative_macro_f1": inside_macro,
        "negative_weighted_f1": divide((inside_f1 * inside_truths).sum(-1), inside_size),
    }


def score_model(matrix: AnswerMatrix, model: int, counted: Flags) -> dict[str, float]:
    """Return each score of `METRICS` of one model over the clips that count."""
    total = matrix.count(model, counted).total()
    return {name: float(value) for name, value in score_counts(total, matrix.negative).items()}


def per_class(matrix: AnswerMatrix, model: int, counted: Flags) -> dict[str, Numbers]:
    """Return truths, predictions, hits, precision, recall and F1 by class; NaN if undefined."""
    counts = matrix.count(model, counted).total()
    hits, truths, predictions = counts.hits, counts.truths, counts.predictions
    return {
        "truths": truths,
        "predictions": predictions,
        "hits": hits,
        "precision": divide(hits, predictions),
        "recall": divide(hits, truths),
        "f1": divide(2 * hits, truths + predictions),
    }


def bound_scores(matrix: AnswerMatrix, model: int, counted: Flags) -> dict[str, Bounds]:
    """Return the bounds of accuracy and UAR over the clips that count.

    The lower bound takes every clip without a label as wrong, the upper one as right.
    """
    counts = matrix.count(model, counted).total()
    open_clips = counted & ~matrix.readable[model]
    width = len(matrix.classes)
    free = np.bincount(matrix.truth[open_clips], minlength=width).astype(float)
    bounds = {}
    for name in ("accuracy", "uar"):
        low, high = (
            float(score_counts(counts._replace(hits=hits), matrix.negative)[name])
            for hits in (counts.hits, counts.hits + free)
        )
        bounds[name] = Bounds(low, high)
    return bounds


def divide(above: Numbers, below: Numbers, undefined: float = np.nan) -> Numbers:
    """Return ratios, and a fixed value where nothing can be divided by."""
    above, below = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    ratios: Numbers = np.full(below.shape, undefined)
    np.divide(above, below, out=ratios, where=below > 0)
    return ratios
