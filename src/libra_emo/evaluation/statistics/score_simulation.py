"""How often the intervals of every score cover the truth, on drawn answers of two models."""

from __future__ import annotations

import numpy as np

from libra_emo.evaluation.statistics.answer_matrix import AnswerMatrix, Codes, Counts, Numbers
from libra_emo.evaluation.statistics.comparisons import compare_all
from libra_emo.evaluation.statistics.intervals import clustered_intervals
from libra_emo.evaluation.statistics.scores import score_counts
from libra_emo.evaluation.statistics.simulation import ACCURACY

# clips of the paper's bench by label, the eight negative ones last (Figure 2)
BENCH = np.array([41, 61, 35, 62, 77, 51, 44, 42, 80, 35, 39, 48, 27])
NEGATIVE = np.arange(len(BENCH)) >= 5
WIDEST = 0.25  # how far labels differ from the mean accuracy
LEAD = 0.04  # by which the first model is better
DIFFERENCE = "difference"


def simulate_scores(films: int, correlation: float, sets: int, seed: int) -> dict[str, float]:
    """Return how often the 95 % intervals cover the truth: of each score, and of a difference.

    The sets are drawn as the paper's bench is made up: 642 clips of 13 labels, in films of unequal
    size. Labels are easy or hard, and whether an answer is right is correlated within films. The
    intervals are those of reports (`clustered_intervals`, `compare_all`).

    Args:
        films: Number of films.
        correlation: Correlation of two answers to clips of one film.
        sets: Number of drawn sets.
        seed: Seed of the draws.

    Returns:
        Score → coverage; `difference` is that of two models' accuracies.
    """
    generator = np.random.default_rng([seed, films, round(100 * correlation), 2])
    chances = _draw_chances(seed)
    truths = true_scores(chances[0])
    lead = truths["accuracy"] - true_scores(chances[1])["accuracy"]
    covered = dict.fromkeys([*truths, DIFFERENCE], 0)
    for _ in range(sets):
        matrix = _draw_matrix(films, correlation, chances, generator)
        for name, interval in clustered_intervals(matrix, 0, matrix.answered[0]).items():
            covered[name] += interval.low <= truths[name] <= interval.high
        (pair,) = compare_all(matrix, seed, draws=1)
        covered[DIFFERENCE] += pair.low <= lead <= pair.high
    return {name: count / sets for name, count in covered.items()}


def true_scores(chances: Numbers) -> dict[str, float]:
    """Return the scores of a model on infinitely many clips.

    Args:
        chances: How probably it answers a clip of each label rightly; wrong answers are spread
            evenly over the other labels.
    """
    width = len(BENCH)
    shares = BENCH / BENCH.sum()
    confusion = np.repeat((shares * (1 - chances) / (width - 1))[:, None], width, axis=1)
    np.fill_diagonal(confusion, shares * chances)
    inside = confusion[NEGATIVE].sum(axis=0)
    counts = Counts(shares * chances, shares, confusion.sum(axis=0), inside)
    return {name: float(value) for name, value in score_counts(counts, NEGATIVE).items()}


def _draw_chances(seed: int) -> Numbers:
    """Return how probably each of two models answers each label rightly, [2, labels]."""
    spread = np.linspace(-WIDEST, WIDEST, len(BENCH))
    spread = np.random.default_rng(seed).permutation(spread)
    spread -= (spread * BENCH).sum() / BENCH.sum()
    chances: Numbers = np.stack([ACCURACY + spread, ACCURACY - LEAD + spread])
    return chances


def _draw_matrix(
    films: int, correlation: float, chances: Numbers, generator: np.random.Generator
) -> AnswerMatrix:
    clips, width = BENCH.sum(), len(BENCH)
    weights = generator.gamma(4.0, size=films)
    drawn = generator.choice(films, size=clips, p=weights / weights.sum())
    film = np.unique(drawn, return_inverse=True)[1]
    truth = generator.choice(width, size=clips, p=BENCH / clips)
    answers = [_answer(truth, film, correlation, chance, generator) for chance in chances]
    names = tuple(map(str, range(width)))
    return AnswerMatrix(truth, np.stack(answers), film, names, NEGATIVE, ("first", "second"))


def _answer(
    truth: Codes, film: Codes, correlation: float, chances: Numbers, generator: np.random.Generator
) -> Codes:
    """Return one model's answers; in a film all labels are easier or harder than elsewhere."""
    from scipy.special import betaincinv

    chance = chances[truth]
    if correlation:
        strength = 1 / correlation - 1
        level = generator.random(film.max() + 1)[film]
        chance = betaincinv(chance * strength, (1 - chance) * strength, level)
    right = generator.random(len(truth)) < chance
    wrong = (truth + generator.integers(1, len(BENCH), size=len(truth))) % len(BENCH)
    return np.where(right, truth, wrong)
