"""Intervals that know that clips come in films.

The 95 % interval of every score is a jackknife over films: each film is left out once, the spread
of the results gives the standard error, and Student's t gives the width. Its degrees of freedom
are the effective number of films less one; films of unequal size count for less than their number
(Kish). Of the candidates simulated (`simulation.py`) this one covers best at few films; a
percentile bootstrap over clips, which ignores films, covers 30 to 80 % where films differ. Where
hits or misses are few, Wilson's interval takes its place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.evaluation.statistics.answer_matrix import (
    AnswerMatrix,
    Counts,
    Flags,
    Numbers,
)
from libra_emo.evaluation.statistics.scores import divide, score_counts

LEVEL = 0.95
FEW_CLIPS = 5  # hits or misses of an accuracy, below which the jackknife is too narrow
NO_SPREAD = 1e-12


class Interval(NamedTuple):
    """An estimate with its 95 % interval.

    Attributes:
        estimate: The score over all clips.
        low: Lower end, within 0 and 1; NaN where there are fewer than two films.
        high: Upper end.
        error: Standard error.
    """

    estimate: float
    low: float
    high: float
    error: float


def clustered_intervals(matrix: AnswerMatrix, model: int, counted: Flags) -> dict[str, Interval]:
    """Return the interval of each score of one model over the clips that count."""
    counts = matrix.count(model, counted)
    negative = matrix.negative
    totals = score_counts(counts.total(), negative)
    left_out = score_counts(counts.without_each(), negative)
    sizes = counts.truths.sum(axis=-1)
    inside = counts.truths[:, negative].sum(axis=-1)
    found = {}
    for name in totals:
        only_negative = name.startswith("negative")
        clips = inside if only_negative else sizes
        interval = jackknife_interval(float(totals[name]), left_out[name], clips)
        hits = counts.hits[:, negative] if only_negative else counts.hits
        found[name] = _widen_small(name, interval, hits.sum(axis=-1), clips)
    return found


def _widen_small(name: str, interval: Interval, hits: Numbers, clips: Numbers) -> Interval:
    """Return an interval that is not narrower than the number of clips permits.

    The jackknife sees no spread in 0 of 9. So an accuracy with few hits or few misses has Wilson's
    interval, and another score without any spread that of a share of as many clips.
    """
    if np.isnan(interval.low):  # fewer than two films
        return interval
    few = min(float(hits.sum()), float((clips - hits).sum())) < FEW_CLIPS
    if name.endswith("accuracy") and few:
        return share_interval(hits, clips)
    if interval.error < NO_SPREAD:
        low, high = wilson_interval(interval.estimate, float(clips.sum()))
        return interval._replace(low=low, high=high)
    return interval


def jackknife_interval(estimate: float, left_out: Numbers, sizes: Numbers) -> Interval:
    """Return the interval of a share, by the jackknife over films.

    Args:
        estimate: The score over all films.
        left_out: The score without each film, [films].
        sizes: Clips of each film, [films]; films without any clip do not count.
    """
    present = sizes > 0
    error = float(jackknife_error(left_out[None, present], sizes[None, present])[0])
    width = error * t_quantile(sizes[present])
    low, high = np.clip([estimate - width, estimate + width], 0.0, 1.0)
    return Interval(estimate, float(low), float(high), error)


def jackknife_error(left_out: Numbers, sizes: Numbers) -> Numbers:
    """Return the standard errors of several scores, NaN below two films.

    Args:
        left_out: Each score without each film, [scores, films]; a film without which nothing is
            left is passed over.
        sizes: Clips of each film, [scores, films]; films without any do not count.
    """
    used = (sizes > 0) & ~np.isnan(left_out)
    films = used.sum(axis=-1)
    mean = divide(np.where(used, left_out, 0.0).sum(-1), films)
    squares = np.where(used, (left_out - mean[..., None]) ** 2, 0.0).sum(-1)
    return np.where(films > 1, np.sqrt(divide((films - 1) * squares, films)), np.nan)


def effective_number(sizes: Numbers) -> Numbers:
    """Return how many films of equal size these films are worth, along the last axis (Kish)."""
    return divide(sizes.sum(axis=-1) ** 2, (sizes**2).sum(axis=-1), 0.0)


def t_quantile(sizes: Numbers, level: float = LEVEL) -> float:
    """Return Student's two-sided quantile on the effective number of films less one."""
    return float(t_quantiles(sizes, level))


def t_quantiles(sizes: Numbers, level: float = LEVEL) -> Numbers:
    """Return the quantiles of several sets, along the last axis; NaN for a single film."""
    from scipy.special import stdtrit

    freedom = effective_number(sizes) - 1
    quantiles = stdtrit(np.maximum(1.0, freedom), (1 + level) / 2)
    return np.where(freedom > 0, quantiles, np.nan)


def normal_quantile(level: float = LEVEL) -> float:
    """Return the normal distribution's two-sided quantile."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


def clip_bootstrap_interval(hits: int, clips: int) -> tuple[float, float]:
    """Return the percentile bootstrap interval of an accuracy over clips, which ignores films.

    Resampling clips makes the number of hits binomial, so the percentiles need no drawing.
    """
    from scipy.special import bdtrik

    if not clips:
        return float("nan"), float("nan")
    if hits in (0, clips):
        return hits / clips, hits / clips
    tails = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    low, high = np.ceil(bdtrik(tails, clips, hits / clips)) / clips
    return float(low), float(high)


def class_intervals(counts: Counts) -> list[Interval]:
    """Return the interval of each class's recall: Wilson's, on the effective sample size.

    The effective size is the number of the class's clips divided by the design effect, the ratio
    of the variance clustered by film to the binomial one, and reduced further where few films
    have the class at all (Korn and Graubard, 1998). It is never above the number of clips.

    Args:
        counts: Counts by film, of shape [films, k].
    """
    return [
        share_interval(counts.hits[:, place], counts.truths[:, place])
        for place in range(counts.truths.shape[-1])
    ]


def wilson_interval(share: float, size: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share of a number that need not be whole."""
    if not size > 0:
        return float("nan"), float("nan")
    z = normal_quantile()
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def share_interval(hits: Numbers, truths: Numbers) -> Interval:
    """Return the interval of a share of clips: Wilson's, on the effective sample size.

    Args:
        hits: Clips of each film that count, [films].
        truths: All clips of each film, [films].
    """
    present = truths > 0
    hits, truths = hits[present], truths[present]
    clips, films = truths.sum(), len(truths)
    if not clips:
        return Interval(*(float("nan"),) * 4)
    share = float(hits.sum() / clips)
    size = float(clips) if films > 1 else 1.0  # how alike one film's clips are is not known
    if films > 1 and films < clips and 0 < share < 1:
        residuals = hits - share * truths
        variance = films / (films - 1) * float((residuals**2).sum()) / clips**2
        size = min(size, share * (1 - share) / variance) if variance > 0 else size
        quantile = t_quantile(truths)
        size *= min(1.0, (normal_quantile() / quantile) ** 2) if quantile > 0 else 1.0
    low, high = wilson_interval(share, max(1.0, size))
    return Interval(share, low, high, float(np.sqrt(share * (1 - share) / max(1.0, size))))
