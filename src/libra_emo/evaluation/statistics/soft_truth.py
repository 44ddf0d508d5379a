"""Soft truth: how near a model's answers come to the distribution of people's votes.

Manhattan distance and cross-entropy are those of the shared tasks on learning with disagreement.
The noise ceiling is what one half of a clip's annotators reaches against the other half.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.evaluation.statistics.answer_matrix import Numbers
from libra_emo.evaluation.statistics.votes import SPLITS, Votes, count_votes, random_halves

SMOOTHING = 0.01  # share of the uniform distribution, so that a sure and wrong answer is finite


class SoftScores(NamedTuple):
    """Mean distances to the votes; lower is better.

    Attributes:
        manhattan: Sum of absolute differences of probabilities, from 0 to 2.
        cross_entropy: Cross-entropy in nats, with some smoothing.
    """

    manhattan: float
    cross_entropy: float


def soft_scores(probabilities: Numbers, counts: Numbers) -> SoftScores:
    """Return the distances of a model's probabilities to people's votes.

    Args:
        probabilities: The model's, [clips, classes]; a row of an answer without a label may be
            all 0 and counts as the uniform distribution. For a model that gives labels alone, 1
            for the label.
        counts: Votes for each class, [clips, classes]; clips without votes do not count.
    """
    voted = counts.sum(axis=1) > 0
    if not voted.any():
        return SoftScores(float("nan"), float("nan"))
    model, people = _distributions(probabilities[voted]), _distributions(counts[voted])
    smooth = (1 - SMOOTHING) * model + SMOOTHING / model.shape[1]
    return SoftScores(
        float(np.abs(model - people).sum(axis=1).mean()),
        float(-(people * np.log(smooth)).sum(axis=1).mean()),
    )


def noise_ceiling(votes: Votes, seed: int, splits: int = SPLITS) -> SoftScores:
    """Return what one random half of the annotators reaches against the other half.

    Args:
        votes: The votes.
        seed: Seed of the halves.
        splits: Number of random halves.
    """
    usable = (votes.labels >= 0).sum(axis=1) >= 2
    labels = votes.labels[usable]
    if not len(labels):
        return SoftScores(float("nan"), float("nan"))
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(splits):
        one, two = random_halves(labels, generator)
        found.append(soft_scores(count_votes(one, votes.classes), count_votes(two, votes.classes)))
    return SoftScores(*(float(np.mean(column)) for column in zip(*found, strict=True)))


def _distributions(weights: Numbers) -> Numbers:
    total = weights.sum(axis=1, keepdims=True)
    shares: Numbers = np.where(total > 0, weights / np.maximum(total, 1e-300), 1 / weights.shape[1])
    return shares
