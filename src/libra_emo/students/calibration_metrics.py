"""Metrics of calibration: expected calibration error, Brier score, log-likelihood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from libra_emo.common.options import Options

_DIGITS = 6
_EXACT = 9  # digits of a bin's edge, so that 0.7 of 10 bins is the end of the seventh


class Reliability(Options):
    """Metrics of the probabilities of some clips; lower is better.

    Attributes:
        ece: Expected calibration error, 0 to 1, see `expected_calibration_error`.
        brier: Brier score over all labels, 0 to 2 (Brier 1950).
        nll: Negative log-likelihood a clip, in nats. A label with probability 0 counts as the
            smallest step of a float, 36 nats.
    """

    ece: float
    brier: float
    nll: float


FIGURES = tuple(Reliability.model_fields)


def measure_reliability(
    probabilities: np.ndarray, truth: Sequence[int] | np.ndarray, bins: int
) -> Reliability:
    """Return the metrics of clips whose label is known.

    Args:
        probabilities: Rows that sum to 1. [clips, labels]
        truth: Column of each clip's label.
        bins: Number of bins of the expected calibration error.
    """
    from sklearn.metrics import brier_score_loss, log_loss

    shares = np.clip(probabilities, 0.0, 1.0)
    every = list(range(shares.shape[1]))
    brier = brier_score_loss(truth, shares, labels=every, scale_by_half=False)
    return Reliability(
        ece=round(expected_calibration_error(shares, truth, bins), _DIGITS),
        brier=round(float(brier), _DIGITS),
        nll=round(float(log_loss(truth, shares, labels=every)), _DIGITS),
    )


def expected_calibration_error(
    probabilities: np.ndarray, truth: Sequence[int] | np.ndarray, bins: int = 15
) -> float:
    """Return the mean difference of confidence and accuracy over the clips.

    Clips are put into `bins` equally wide bins of confidence, the probability of the first label:
    ((i - 1) / bins, i / bins]. In each bin the mean confidence is compared with the share of
    right answers, and the differences are averaged by the bins' clips (Guo et al. 2017,
    equations 2 to 5). Few clips make it too large: empty bins cost nothing, a bin of one clip
    differs always.
    """
    shares = np.asarray(probabilities, dtype=float)
    if not len(shares):
        return float("nan")
    confidence = shares.max(axis=1)
    right = shares.argmax(axis=1) == np.asarray(truth, dtype=int)
    place = np.clip(np.ceil((confidence * bins).round(_EXACT)).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(shares))
