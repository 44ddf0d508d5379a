"""The scores of the paper (section 3.1), for answers that count once or are weighted.

Every score is a function of three counts by label: hits, truths and predictions. So one matrix
product scores thousands of weightings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.schemas import check_labels
from libra_emo.taxonomy import Taxonomy

METRICS = (
    "accuracy",
    "macro_f1",
    "weighted_f1",
    "negative_accuracy",
    "negative_macro_f1",
    "negative_weighted_f1",
)
UNREADABLE = "unreadable"
_NO_LABEL = -1


class EvaluationError(LibraEmoError):
    """A model cannot be evaluated."""


@dataclass(frozen=True)
class EncodedAnswers:
    """Truths and predictions as numbers.

    Attributes:
        truth: Position of each true label in the taxonomy's order.
        predicted: Position of each predicted label; -1 is an unreadable answer.
        labels: Labels in the taxonomy's order.
        negative: Whether each label is negative.
    """

    truth: np.ndarray
    predicted: np.ndarray
    labels: tuple[str, ...]
    negative: np.ndarray

    def __len__(self) -> int:
        return len(self.truth)


def encode_answers(
    truth: Iterable[object], predicted: Iterable[object], taxonomy: Taxonomy
) -> EncodedAnswers:
    """Return true and predicted labels of the same clips as numbers.

    Raises:
        TableError: If a label is not in the taxonomy.
        EvaluationError: If the columns differ in length or a truth is null.
    """
    truths, answers = list(truth), list(predicted)
    check_labels(truths, taxonomy, "truth")
    check_labels(answers, taxonomy, "predicted")
    if len(truths) != len(answers):
        raise EvaluationError(
            f"{len(truths)} truths and {len(answers)} predictions; each clip needs one of both"
        )
    if any(pd.isna(label) for label in truths):  # type: ignore[call-overload]
        raise EvaluationError("a clip without a true label cannot be scored; leave it out")
    position: dict[object, int] = {label: code for code, label in enumerate(taxonomy.labels)}
    negative = np.isin(taxonomy.labels, taxonomy.negative_labels)
    return EncodedAnswers(
        np.array([position[label] for label in truths], dtype=int),
        np.array([position.get(label, _NO_LABEL) for label in answers], dtype=int),
        taxonomy.labels,
        negative,
    )


def score(
    truth: Iterable[object], predicted: Iterable[object], taxonomy: Taxonomy
) -> dict[str, float]:
    """Return the six scores of `METRICS` and the share of unreadable answers, as fractions.

    Macro F1 is the mean over the labels that occur in truth or prediction; weighted F1 is weighted
    by the number of truths. The negative scores use only clips whose true label is negative, and
    average over all negative labels, whether they occur or not. A null prediction is wrong, never
    a label.

    Args:
        truth: True labels.
        predicted: Predicted labels in the same order; null where the answer was unreadable.
        taxonomy: The emotions.
    """
    answers = encode_answers(truth, predicted, taxonomy)
    scores_by_name = weighted_scores(answers, np.ones((1, len(answers))))
    scores = {name: float(values[0]) for name, values in scores_by_name.items()}
    unreadable = answers.predicted == _NO_LABEL
    return {**scores, UNREADABLE: float(unreadable.mean()) if len(answers) else float("nan")}


def weighted_scores(answers: EncodedAnswers, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return each score of `METRICS` for each row of weights.

    Args:
        answers: Encoded answers for n clips.
        weights: How often each clip counts, one row per weighting. [weightings, n]

    Returns:
        For each metric one value per weighting; NaN if no clip counts.
    """
    positions = np.arange(len(answers.labels))
    truth = (answers.truth[:, None] == positions).astype(float)
    predicted = (answers.predicted[:, None] == positions).astype(float)
    overall = _scores(weights, truth, predicted)
    negative = answers.negative
    negative_clips = negative[answers.truth] if len(answers) else np.zeros(0, dtype=bool)
    negative_scores = _scores(
        weights[:, negative_clips],
        truth[negative_clips][:, negative],
        predicted[negative_clips][:, negative],
        fixed=True,
    )
    return dict(zip(METRICS, (*overall, *negative_scores), strict=True))


def per_class(
    truth: Iterable[object], predicted: Iterable[object], taxonomy: Taxonomy
) -> pd.DataFrame:
    """Return one row per label: truths, predictions, hits, precision, recall, f1 (may be NaN)."""
    answers = encode_answers(truth, predicted, taxonomy)
    positions = np.arange(len(answers.labels))
    truth_is = answers.truth[:, None] == positions
    prediction_is = answers.predicted[:, None] == positions
    hits = (truth_is & prediction_is).sum(0)
    truths, predictions = truth_is.sum(0), prediction_is.sum(0)
    return pd.DataFrame(
        {
            "label": answers.labels,
            "truths": truths,
            "predictions": predictions,
            "hits": hits,
            "precision": _ratio(hits, predictions),
            "recall": _ratio(hits, truths),
            "f1": _ratio(2 * hits, truths + predictions),
        }
    )


def confusion(
    truth: Iterable[object], predicted: Iterable[object], taxonomy: Taxonomy
) -> pd.DataFrame:
    """Return counts, one row per true and one column per predicted label; `unreadable` is last."""
    answers = encode_answers(truth, predicted, taxonomy)
    size = len(answers.labels)
    counts = np.zeros((size, size + 1), dtype=int)
    np.add.at(counts, (answers.truth, answers.predicted), 1)  # position -1 is the last column
    return pd.DataFrame(counts, index=answers.labels, columns=[*answers.labels, UNREADABLE])


def uar_war(hits: Sequence[int], truths: Sequence[int]) -> tuple[float, float]:
    """Return unweighted and weighted average recall, the scores of DFEW (section 3.1).

    Args:
        hits: Number of correct answers of each class.
        truths: Number of samples of each class; classes without samples are left out.
    """
    right, total = np.asarray(hits, dtype=float), np.asarray(truths, dtype=float)
    present = total > 0
    if not present.any():
        return float("nan"), float("nan")
    return float((right[present] / total[present]).mean()), float(right.sum() / total.sum())


def _scores(
    weights: np.ndarray, truth: np.ndarray, predicted: np.ndarray, fixed: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return accuracy, macro F1 (over all labels if they are fixed) and weighted F1."""
    hits = weights @ (truth * predicted)
    truths = weights @ truth
    total = truths.sum(axis=1)
    occurring = truths + weights @ predicted
    f1 = np.nan_to_num(_ratio(2 * hits, occurring))
    labels = np.where(total > 0, truth.shape[1], 0) if fixed else (occurring > 0).sum(axis=1)
    macro = _ratio(f1.sum(axis=1), labels)
    return _ratio(hits.sum(axis=1), total), macro, _ratio((f1 * truths).sum(axis=1), total)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    above, below = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    ratios: np.ndarray = np.full(below.shape, np.nan)
    np.divide(above, below, out=ratios, where=below > 0)
    return ratios
