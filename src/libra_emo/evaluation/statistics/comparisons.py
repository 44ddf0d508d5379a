"""Which differences between models mean anything: paired tests over films, for all pairs.

The test flips the sign of each film's difference at random: if two models are equally good, a
film favours either as easily (Fisher's sign-flip permutation). McNemar's test stands beside it as
the reference that takes every clip as independent, which it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from libra_emo.evaluation.statistics.answer_matrix import (
    AnswerMatrix,
    Codes,
    Numbers,
)
from libra_emo.evaluation.statistics.intervals import jackknife_error, t_quantile
from libra_emo.evaluation.statistics.scores import divide

DRAWS = 10_000
SIGNIFICANT = 0.05
_MANY_FILMS = 2000  # above, differences of one size are flipped together
_CELLS_AT_ONCE = 20_000_000  # numbers held at once, some 160 MB


@dataclass(frozen=True)
class Comparison:
    """Two models on the clips that both answered.

    Attributes:
        first: Place of one model.
        second: Place of the other.
        clips: Clips that both answered.
        films: Films of those clips.
        difference: Accuracy of the first less that of the second; an answer without a label is
            wrong.
        low: Lower end of its 95 % interval, clustered by film.
        high: Upper end.
        error: Its standard error.
        only_first: Clips that the first model alone has right.
        only_second: Clips that the second model alone has right.
        p_value: p-value of the sign-flip permutation over films.
        p_holm: The same after Holm's correction over all pairs.
        p_mcnemar: p-value of McNemar's exact test, which ignores films.
    """

    first: int
    second: int
    clips: int
    films: int
    difference: float
    low: float
    high: float
    error: float
    only_first: int
    only_second: int
    p_value: float
    p_holm: float
    p_mcnemar: float

    @property
    def significant(self) -> bool:
        """Whether the difference stands after the correction."""
        return self.p_holm < SIGNIFICANT


def compare_all(matrix: AnswerMatrix, seed: int, draws: int = DRAWS) -> list[Comparison]:
    """Return every pair of models, compared by accuracy on the clips that both answered.

    Args:
        matrix: The answers.
        seed: Seed of the sign flips.
        draws: Number of sign flips; where the films allow no more, all of them are taken once.
    """
    pairs = list(combinations(range(len(matrix.models)), 2))
    if not pairs:
        return []
    parts = [_film_sums(matrix, chunk) for chunk in _chunks(pairs, len(matrix.truth))]
    differences, sizes, only = (np.concatenate([part[i] for part in parts]) for i in range(3))
    p_values = sign_flip_p_values(differences, seed, draws)
    p_holm, p_mcnemar = holm(p_values), mcnemar_p_values(only[:, 0], only[:, 1])
    estimates, errors = difference_errors(differences, sizes)
    found = []
    for place, (first, second) in enumerate(pairs):
        width = errors[place] * t_quantile(sizes[place])
        low, high = np.clip([estimates[place] - width, estimates[place] + width], -1.0, 1.0)
        found.append(
            Comparison(
                first,
                second,
                int(sizes[place].sum()),
                int((sizes[place] > 0).sum()),
                float(estimates[place]),
                float(low),
                float(high),
                float(errors[place]),
                int(only[place, 0]),
                int(only[place, 1]),
                float(p_values[place]),
                float(p_holm[place]),
                float(p_mcnemar[place]),
            )
        )
    return found


def sign_flip_p_values(differences: Numbers, seed: int, draws: int = DRAWS) -> Numbers:
    """Return two-sided p-values of sign-flip permutations over films.

    Args:
        differences: Each pair's sum of differences in each film, [pairs, films].
        seed: Seed of the flips.
        draws: Number of flips. Where all 2^films are no more than that, each is taken once, and
            the test is exact.
    """
    films = differences.shape[1]
    if films > _MANY_FILMS:
        return np.array(
            [
                _drawn_p_value(row, np.random.default_rng([seed, n]), draws)
                for n, row in enumerate(differences)
            ]
        )
    exact = 2**films <= draws if films < 60 else False
    total = 2**films if exact else draws
    observed = np.abs(differences.sum(axis=1))
    values = differences.astype(np.float32)
    reached = np.zeros(len(differences), dtype=np.int64)
    for signs in _sign_blocks(films, total, exact, seed, len(differences)):
        sums = np.abs(values @ signs)
        reached += (sums >= (observed - 1e-6)[:, None]).sum(axis=1)
    found: Numbers = reached / total if exact else (reached + 1) / (total + 1)
    return found


def smallest_p_value(films: int, draws: int = DRAWS) -> float:
    """Return the smallest p-value that a sign-flip permutation over so many films can give."""
    return max(2.0 ** (1 - films), 1 / (draws + 1))


def holm(p_values: Numbers) -> Numbers:
    """Return p-values after Holm's correction for their number."""
    number = len(p_values)
    order = np.argsort(p_values, kind="stable")
    raised = np.maximum.accumulate(p_values[order] * (number - np.arange(number)))
    corrected = np.empty(number)
    corrected[order] = np.minimum(raised, 1.0)
    return corrected


def mcnemar_p_values(only_first: Codes, only_second: Codes) -> Numbers:
    """Return two-sided p-values of McNemar's exact test."""
    from scipy.special import bdtr

    fewer, both = np.minimum(only_first, only_second), only_first + only_second
    doubled: Numbers = np.minimum(1.0, 2 * bdtr(fewer.astype(float), both, 0.5))
    return doubled


def difference_errors(differences: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return differences of accuracy and their standard errors, by the jackknife over films.

    Args:
        differences: Sum of differences of each pair in each film, [pairs, films].
        sizes: Clips that both answered in each film, [pairs, films].
    """
    total, clips = differences.sum(axis=1), sizes.sum(axis=1)
    left_out = divide(total[:, None] - differences, clips[:, None] - sizes)
    return divide(total, clips), jackknife_error(left_out, sizes)


def rank_ranges(models: int, comparisons: list[Comparison]) -> NDArray[np.int64]:
    """Return the best and the worst rank that each model may have, [models, 2].

    A model is certainly below those that are significantly better and above those that are
    significantly worse; models whose best rank is 1 are tied with the best.
    """
    ranks = np.tile(np.array([1, models]), (models, 1))
    for pair in (pair for pair in comparisons if pair.significant):
        first_is_better = pair.difference > 0
        better, worse = (pair.first, pair.second) if first_is_better else (pair.second, pair.first)
        ranks[worse, 0] += 1
        ranks[better, 1] -= 1
    return ranks


def _film_sums(
    matrix: AnswerMatrix, pairs: list[tuple[int, int]]
) -> tuple[Numbers, Numbers, Codes]:
    """Return sums of differences and clips by pair and film, and clips that one alone has right."""
    first, second = np.array(pairs).T
    both = matrix.answered[first] & matrix.answered[second]
    right = matrix.right
    first_alone = both & right[first] & ~right[second]
    second_alone = both & right[second] & ~right[first]
    order = np.argsort(matrix.film, kind="stable")
    starts = np.searchsorted(matrix.film[order], np.arange(matrix.films))
    lead = first_alone.astype(np.int32) - second_alone.astype(np.int32)
    return (
        np.add.reduceat(lead[:, order], starts, axis=1).astype(float),
        np.add.reduceat(both[:, order].astype(np.int32), starts, axis=1).astype(float),
        np.stack([first_alone.sum(axis=1), second_alone.sum(axis=1)], axis=1),
    )


def _drawn_p_value(differences: Numbers, generator: np.random.Generator, draws: int) -> float:
    """Return the p-value of one pair in very many films.

    Of differences of one size, the number that keep their sign is binomial, so that they need one
    draw together.
    """
    sizes, counts = np.unique(np.abs(differences), return_counts=True)
    sums = np.zeros(draws)
    for size, count in zip(sizes, counts, strict=True):
        sums += size * (2.0 * generator.binomial(count, 0.5, size=draws) - count)
    reached = int((np.abs(sums) >= abs(differences.sum()) - 1e-6).sum())
    return (reached + 1) / (draws + 1)


def _chunks(pairs: list[tuple[int, int]], clips: int) -> Iterator[list[tuple[int, int]]]:
    step = max(1, _CELLS_AT_ONCE // (4 * clips))
    for start in range(0, len(pairs), step):
        yield pairs[start : start + step]


def _sign_blocks(
    films: int, total: int, exact: bool, seed: int, pairs: int
) -> Iterator[NDArray[np.float32]]:
    """Give blocks of signs, each [films, some draws]."""
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS_AT_ONCE // max(films, pairs))
    for start in range(0, total, step):
        size = min(step, total - start)
        if exact:
            numbers = np.arange(start, start + size)
            bits: NDArray[np.uint8] = ((numbers >> np.arange(films)[:, None]) & 1).astype(np.uint8)
        else:
            drawn = np.frombuffer(generator.bytes(films * ((size + 7) // 8)), dtype=np.uint8)
            bits = np.unpackbits(drawn.reshape(films, -1), axis=1)[:, :size]
        yield bits.astype(np.float32) * 2 - 1
