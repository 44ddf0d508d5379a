"""How often intervals cover the truth, on drawn answers to clips that come in films."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libra_emo.evaluation.statistics.answer_matrix import Numbers
from libra_emo.evaluation.statistics.intervals import LEVEL, jackknife_error, t_quantiles
from libra_emo.evaluation.statistics.scores import divide

FILMS = (10, 20, 40)
CORRELATIONS = (0.0, 0.1, 0.3)
CLIPS = 642
ACCURACY = 0.5125


class Coverage(NamedTuple):
    """How often the 95 % intervals of three methods cover the true accuracy.

    Attributes:
        films: Films of the drawn set.
        correlation: Correlation of two answers to clips of one film.
        jackknife: Coverage of the jackknife over films, the method in use.
        studentised: Coverage of the studentised bootstrap over films.
        clip_bootstrap: Coverage of the percentile bootstrap over clips.
    """

    films: int
    correlation: float
    jackknife: float
    studentised: float
    clip_bootstrap: float


def draw_films(
    films: int, correlation: float, sets: int, generator: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Return clips and hits of each film of many drawn sets, each [sets, films].

    Films have unequal sizes (coefficient of variation one half); the accuracy in a film follows a
    beta distribution with the wanted correlation within films.
    """
    weights = generator.gamma(4.0, size=(sets, films))
    shares = weights / weights.sum(axis=1, keepdims=True)
    sizes = np.maximum(1, np.round(CLIPS * shares)).astype(int)
    if correlation == 0:
        return sizes.astype(float), generator.binomial(sizes, ACCURACY).astype(float)
    strength = 1 / correlation - 1
    chance = generator.beta(ACCURACY * strength, (1 - ACCURACY) * strength, size=sizes.shape)
    return sizes.astype(float), generator.binomial(sizes, chance).astype(float)


def simulate_coverage(
    films: int, correlation: float, sets: int, seed: int, resamples: int = 400
) -> Coverage:
    """Return the coverage of the three methods in one setting.

    Args:
        films: Number of films.
        correlation: Correlation within films.
        sets: Number of drawn sets; the studentised bootstrap takes every tenth.
        seed: Seed of the draws.
        resamples: Bootstrap samples of the studentised method.
    """
    from scipy.stats import binom

    generator = np.random.default_rng([seed, films, round(100 * correlation)])
    sizes, hits = draw_films(films, correlation, sets, generator)
    total, clips = hits.sum(axis=1), sizes.sum(axis=1)
    estimate = total / clips
    left_out = (total[:, None] - hits) / (clips[:, None] - sizes)
    width = jackknife_error(left_out, sizes) * t_quantiles(sizes)
    tail = (1 - LEVEL) / 2
    low, high = (binom.ppf(share, clips, estimate) / clips for share in (tail, 1 - tail))
    every_tenth = slice(None, None, 10)
    return Coverage(
        films,
        correlation,
        float((np.abs(estimate - ACCURACY) <= width).mean()),
        _studentised_coverage(sizes[every_tenth], hits[every_tenth], resamples, generator),
        float(((low <= ACCURACY) & (ACCURACY <= high)).mean()),
    )


def simulate_level(films: int, correlation: float, sets: int, seed: int) -> NDArray[np.float64]:
    """Return sums of differences of two equally good models in each film, [sets, films].

    Both models answer the same clips, and films favour either by chance.
    """
    generator = np.random.default_rng([seed, films, round(100 * correlation), 1])
    sizes, first = draw_films(films, correlation, sets, generator)
    strength = 1 / correlation - 1 if correlation else 1e9
    chance = generator.beta(ACCURACY * strength, (1 - ACCURACY) * strength, size=sizes.shape)
    return first - generator.binomial(sizes.astype(int), chance)


def _studentised_coverage(
    sizes: Numbers, hits: Numbers, resamples: int, generator: np.random.Generator
) -> float:
    sets, films = sizes.shape
    covered = 0
    for own_sizes, own_hits in zip(sizes, hits, strict=True):
        drawn = generator.integers(films, size=(resamples, films))
        estimate, error = _ratio_error(own_sizes[None], own_hits[None])
        estimates, errors = _ratio_error(own_sizes[drawn], own_hits[drawn])
        low, high = np.quantile(
            divide(estimates - estimate, errors, 0.0), [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
        )
        covered += bool(estimate[0] - high * error[0] <= ACCURACY <= estimate[0] - low * error[0])
    return covered / float(sets)


def _ratio_error(sizes: Numbers, hits: Numbers) -> tuple[Numbers, Numbers]:
    films, clips = sizes.shape[1], sizes.sum(axis=1)
    estimate = hits.sum(axis=1) / clips
    squares = ((hits - sizes * estimate[:, None]) ** 2).sum(axis=1)
    return estimate, np.sqrt(films / (films - 1) * squares) / clips
