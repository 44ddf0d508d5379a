"""The error of released labels, estimated from an audit, with an interval that covers it.

The estimator is that of Horvitz and Thompson (1952), scaled in each stratum to its known size;
where the posterior predicts the panel well, the difference estimator (Cochran (1977), chapter 7)
replaces it. The interval is that of Korn, E. L., and Graubard, B. I. (1998). Confidence intervals
for proportions with small expected number of positive counts estimated from survey data. Survey
Methodology 24, 193-201: Clopper and Pearson's with an effective number of clips, from a variance
clustered by film, with Student's t on films - 1.

Four things keep it from being too narrow. The variance has a floor, since a stratum of a few clips
with hardly an error seems to have none. Strata without an error get the exact bound of their size
together. Strata without a drawn clip may be all right or all wrong. And a fresh panel answers
differently from the last one, which no sample of clips takes away.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.labelling.votes import Bools, Floats, Ints, LabellingError

LEAST_CLIPS_FOR_DIFFERENCE = 50
NARROWS_BELOW = 0.9  # share of the variance that the difference estimator must go below
LEAST_RESIDUAL_SHARE = 0.25


class AuditedLabels(NamedTuple):
    """All labelled clips by position, and what the panel said of those that were drawn.

    Attributes:
        stratum: Stratum of each clip.
        film: Film of each clip.
        probability: Probability with which each clip was drawn.
        drawn: Whether it was drawn.
        changed: 1 where the panel's label is another one than the released one, else 0; only
            the values of drawn clips are read.
        expected: Probability of being changed as the posterior has it, without any of the
            audit's answers; None where there is none.
        instability: Share of clips for which two halves of the panel differ; 1 if not known.
    """

    stratum: Ints
    film: Ints
    probability: Floats
    drawn: Bools
    changed: Floats
    expected: Floats | None = None
    instability: float = 1.0

    def where(self, members: Bools) -> AuditedLabels:
        """Return some of the clips, such as those of one class."""
        return AuditedLabels(
            self.stratum[members],
            self.film[members],
            self.probability[members],
            self.drawn[members],
            self.changed[members],
            None if self.expected is None else self.expected[members],
            self.instability,
        )


class ShareEstimate(NamedTuple):
    """An estimated share with its interval.

    Attributes:
        estimate: The share; NaN where nothing was drawn.
        low: Lower end of the interval.
        high: Upper end of the interval.
        clips: How many clips were drawn.
        films: From how many films they come.
        estimator: `horvitz_thompson` or `difference`.
        design_effect: Variance against that of as many independent clips.
    """

    estimate: float
    low: float
    high: float
    clips: int
    films: int
    estimator: str
    design_effect: float


class _Moments(NamedTuple):
    share: float
    variance: float
    independent_variance: float
    smallest: float  # share of one more change among the drawn clips, so that none is not never
    estimator: str


def estimate_share(
    audited: AuditedLabels, alpha: float, *, variance_floor: bool = True
) -> ShareEstimate:
    """Return the share of labels that a fresh panel would change, and its interval.

    Args:
        audited: All labelled clips and the panel's answers.
        alpha: Error of the two-sided interval.
        variance_floor: Whether the variance has a floor and strata without an error their
            exact bound. Without them intervals are too narrow; this is for showing that.

    Raises:
        LabellingError: If there is no labelled clip.
    """
    size = len(audited.stratum)
    if not size:
        raise LabellingError("there is no labelled clip whose error could be estimated")
    drawn = audited.drawn
    count = int(audited.stratum.max()) + 1
    drawn_by_stratum = np.bincount(audited.stratum[drawn], minlength=count)
    changed_by_stratum = np.bincount(
        audited.stratum[drawn], weights=audited.changed[drawn], minlength=count
    )
    with_error = changed_by_stratum > 0
    without_error = (drawn_by_stratum > 0) & ~with_error
    films = len(np.unique(audited.film[drawn]))
    clips = int(drawn.sum())
    if films < 2:
        return ShareEstimate(float("nan"), 0.0, 1.0, clips, films, "horvitz_thompson", 1.0)
    wrong = audited.where(with_error[audited.stratum])
    weight = len(wrong.stratum) / size
    rest = without_error[audited.stratum].mean()
    unknown = max(0.0, 1 - weight - float(rest))
    moments = _moments(wrong, variance_floor)
    low, high = _interval(moments, alpha, films, variance_floor)
    beyond = float(rest) * _exact_bound(audited, without_error, alpha, films)
    share = weight * moments.share
    upper = share + float(np.hypot(weight * (high - moments.share), beyond * variance_floor))
    estimate = share / (1 - unknown)
    effect = moments.variance / max(moments.independent_variance, 1e-12)
    return ShareEstimate(
        estimate, weight * low, min(1.0, upper + unknown), clips, films, moments.estimator, effect
    )


def _moments(audited: AuditedLabels, floor: bool) -> _Moments:
    """Return share and variance in the strata that have a change."""
    if not len(audited.stratum):
        return _Moments(0.0, 0.0, 0.0, 0.0, "horvitz_thompson")
    plain = _estimate(audited, np.zeros(len(audited.stratum)), floor)
    clips = int(audited.drawn.sum())
    if audited.expected is None or clips < LEAST_CLIPS_FOR_DIFFERENCE:
        return plain
    difference = _estimate(audited, audited.expected, floor)._replace(estimator="difference")
    inside = 0 < difference.share < 1
    narrows = inside and difference.variance < NARROWS_BELOW * plain.variance
    return difference if narrows else plain


def _estimate(audited: AuditedLabels, expected: Floats, floor: bool) -> _Moments:
    """Return the difference estimate against expected values; zeros make it Horvitz-Thompson."""
    drawn, size = audited.drawn, len(audited.stratum)
    count = int(audited.stratum.max()) + 1
    stratum, chance = audited.stratum[drawn], audited.probability[drawn]
    sizes = np.bincount(audited.stratum, minlength=count).astype(np.float64)
    totals = np.maximum(np.bincount(stratum, weights=1 / chance, minlength=count), 1e-12)
    weights = (sizes / totals)[stratum] / chance
    residual = audited.changed[drawn] - expected[drawn]
    centred = residual - _means(residual, weights, stratum, sizes)[stratum]
    share = (expected.sum() + (weights * residual).sum()) / size
    numbers = np.bincount(stratum, minlength=count)
    small = np.sqrt(numbers / np.maximum(numbers - 1, 1))[stratum]
    parts = weights * small * np.sqrt(1 - np.minimum(chance, 1)) * centred
    by_film = np.bincount(audited.film[drawn], weights=parts)
    by_film = by_film[np.bincount(audited.film[drawn]) > 0]
    films = len(by_film)
    clustered = films / max(films - 1, 1) * ((by_film - by_film.mean()) ** 2).sum() / size**2
    smooth = _smoothed(audited, weights, numbers, sizes, count)
    spread = smooth * (1 - smooth)
    seen = numbers > 0
    independent = (
        sizes[seen] ** 2 * (1 - numbers[seen] / sizes[seen]) * spread[seen] / numbers[seen]
    ).sum() / size**2
    variance = float(clustered)
    if floor:
        plain = audited.changed[drawn]
        before = plain - _means(plain, weights, stratum, sizes)[stratum]
        ratio = (weights * centred**2).sum() / max((weights * before**2).sum(), 1e-12)
        least = min(1.0, max(LEAST_RESIDUAL_SHARE, float(ratio)))
        of_panel = min(float((sizes * spread).sum()), audited.instability / 2 * size) / size**2
        variance = max(variance, least * float(independent)) + of_panel
    smallest = 1 / (int(drawn.sum()) + 2)
    return _Moments(float(share), variance, float(independent), smallest, "horvitz_thompson")


def _smoothed(
    audited: AuditedLabels, weights: Floats, numbers: Ints, sizes: Floats, count: int
) -> Floats:
    """Return the share of changes in each stratum with one more of either kind (Laplace)."""
    drawn = audited.drawn
    shares = _means(audited.changed[drawn], weights, audited.stratum[drawn], sizes)
    smooth: Floats = (shares * numbers + 1) / (numbers + 2)
    return smooth


def _means(values: Floats, weights: Floats, stratum: Ints, sizes: Floats) -> Floats:
    sums = np.bincount(stratum, weights=weights * values, minlength=len(sizes))
    means: Floats = sums / np.maximum(sizes, 1)
    return means


def _interval(moments: _Moments, alpha: float, films: int, floor: bool) -> tuple[float, float]:
    """Return Korn and Graubard's interval, without a floor the plain one of Student's t."""
    from scipy.stats import beta, norm, t

    share = min(max(moments.share, 0.0), 1.0)
    t_quantile = t.ppf(1 - alpha / 2, films - 1)
    if not floor:
        reach = t_quantile * np.sqrt(moments.variance)
        return max(0.0, share - reach), min(1.0, share + reach)
    if moments.variance <= 0:
        return share, share
    inner = min(max(share, moments.smallest), 1 - moments.smallest)
    effective = inner * (1 - inner) / moments.variance
    effective *= (norm.ppf(1 - alpha / 2) / t_quantile) ** 2
    hits = share * effective
    low = beta.ppf(alpha / 2, hits, effective - hits + 1)
    high = beta.ppf(1 - alpha / 2, hits + 1, effective - hits) if share < 1 else 1.0
    return float(low), float(high)


def _exact_bound(audited: AuditedLabels, without_error: Bools, alpha: float, films: int) -> float:
    """Return the exact upper bound of the strata without an error, taken together.

    Their clips count as few as the rarest drawn stratum makes them: Kish's effective number.
    """
    from scipy.stats import norm, t

    count = len(without_error)
    sizes = np.bincount(audited.stratum, minlength=count)[without_error].astype(np.float64)
    numbers = np.bincount(audited.stratum[audited.drawn], minlength=count)[without_error]
    if not len(sizes):
        return 0.0
    effective = sizes.sum() ** 2 / (sizes**2 / numbers).sum()
    effective *= (norm.ppf(1 - alpha / 2) / t.ppf(1 - alpha / 2, films - 1)) ** 2
    return float(1 - (alpha / 2) ** (1 / effective))
