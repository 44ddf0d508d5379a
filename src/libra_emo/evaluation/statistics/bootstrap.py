"""Whether one model is better than another on the same clips: a paired bootstrap over films."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.common.seeding import generator
from libra_emo.evaluation.statistics.answer_matrix import AnswerMatrix, Counts
from libra_emo.evaluation.statistics.scores import score_counts, score_model


class Gain(NamedTuple):
    """By how much a score is higher, with its 95 % interval; its ends are NaN below two films.

    Attributes:
        difference: Score of the second model less that of the first.
        low: Lower end.
        high: Upper end.
    """

    difference: float
    low: float
    high: float


def bootstrap_gain(matrix: AnswerMatrix, score: str, seed: int, samples: int = 2000) -> Gain:
    """Return by how much the second model's score is higher than the first one's.

    As many films as there are, are drawn with replacement, with all their clips and with both
    models' answers to them. The interval is that of the percentiles (Efron, B., and Tibshirani, R.
    J. (1993). An introduction to the bootstrap. Chapman and Hall, chapter 13).

    Args:
        matrix: Answers of two models.
        score: One of `libra_emo.evaluation.statistics.scores.METRICS`.
        seed: Seed of the draws.
        samples: How many times films are drawn.
    """
    every = np.ones(len(matrix.truth), dtype=bool)
    first, second = (score_model(matrix, model, every)[score] for model in (0, 1))
    if matrix.films < 2:
        return Gain(second - first, float("nan"), float("nan"))
    drawn = generator(seed, "bootstrap", "gain").multinomial(
        matrix.films, np.full(matrix.films, 1 / matrix.films), size=samples
    )
    scores = [
        score_counts(
            Counts(*(drawn @ part for part in matrix.count(model, every))), matrix.negative
        )[score]
        for model in (0, 1)
    ]
    differences = scores[1] - scores[0]
    low, high = np.nanquantile(differences, [0.025, 0.975])
    return Gain(second - first, float(low), float(high))
