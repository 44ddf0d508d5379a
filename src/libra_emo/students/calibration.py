"""Calibration of a student's probabilities by one temperature, and measures of it.

A temperature divides the logarithms of all probabilities before they are normalised again
(Guo et al. 2017, On Calibration of Modern Neural Networks, section 4.2). It changes the confidence
of the student, never which label comes first. It is fitted on clips that people labelled and the
student did not learn from. The metrics after calibration use, for each clip, a temperature that
was fitted on other films.

scikit-learn fits the same temperature inside `CalibratedClassifierCV`, which needs a classifier of
its own and gives a label of probability 0 a small one. Here both students bring scores, and a
label that a student cannot answer stays at 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from pydantic import Field

from libra_emo.common.options import Options
from libra_emo.schemas import PEOPLE_ORIGINS
from libra_emo.students.calibration_metrics import Reliability, measure_reliability
from libra_emo.students.errors import StudentError
from libra_emo.students.folds import assign_folds
from libra_emo.students.options import CalibrationOptions

LOWEST, HIGHEST = 0.05, 20.0  # a student that is always right would get temperature 0
_DIGITS = 6


class Calibration(Options):
    """A fitted temperature, and the clips that it was fitted on.

    Attributes:
        temperature: Divisor of the log-probabilities: above 1 if the student was too confident,
            below 1 if it was not confident enough.
        clips: Number of clips with a person's label.
        films: Number of films that these clips come from.
        impossible: Number of these clips whose label the student cannot answer; no temperature can
            correct them, so the fit leaves them out. The metrics count them.
        before: Metrics of these clips before calibration; null if not calibrated.
        after: Metrics of the same clips, each with the temperature of the other films.
        reason: Why there is no calibration; null if there is one.
    """

    temperature: float = Field(default=1.0, gt=0)
    clips: int = 0
    films: int = 0
    impossible: int = 0
    before: Reliability | None = None
    after: Reliability | None = None
    reason: str | None = None

    def apply(self, log_scores: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, one row a clip and one column a label."""
        return temper(log_scores, self.temperature)


def calibrate_on_people(
    clips: pd.DataFrame,
    score: Callable[[pd.DataFrame], np.ndarray],
    labels: Sequence[str],
    options: CalibrationOptions,
) -> Calibration:
    """Return the calibration on those clips that people labelled, or why there is none.

    Args:
        clips: Clips with the columns label, origin and source_id; none may have been learnt by the
            model that scores it.
        score: Function that returns the scores of clips, as `calibrate` takes them, NaN for a clip
            that could not be read; called only if there are enough clips.
        labels: Labels of the scores' columns.
        options: Fewest clips, folds, and bins of the metrics.
    """
    labelled = clips[clips["origin"].isin(PEOPLE_ORIGINS)].reset_index(drop=True)
    films = labelled["source_id"].tolist()
    if len(labelled) < options.min_clips:
        return Calibration(
            clips=len(labelled),
            films=len(set(films)),
            reason=f"{len(labelled)} clips with a person's label can be used; "
            f"it takes {options.min_clips}",
        )
    place = {label: column for column, label in enumerate(labels)}
    truth = [place[label] for label in labelled["label"]]
    scores = score(labelled)
    read = np.flatnonzero(~np.isnan(scores).any(axis=1))  # the others could not be encoded
    truths, groups = [truth[row] for row in read], [films[row] for row in read]
    return calibrate(scores[read], truths, groups, options)


def calibrate(
    log_scores: np.ndarray,
    truth: Sequence[int],
    films: Sequence[str],
    options: CalibrationOptions | None = None,
) -> Calibration:
    """Return the calibration on clips that people labelled, or why there is none.

    Args:
        log_scores: Logarithms of probabilities, up to a constant a row, of clips that the student
            did not learn from; -inf for a label that it cannot answer. [clips, labels]
        truth: Column of each clip's label, as people set it.
        films: Film of each clip. If there is only one film, each clip is a group of its own.
        options: Fewest clips, folds, and bins of the metrics.

    Raises:
        StudentError: If the lengths differ, or a row has no label that can be answered.
    """
    options = options or CalibrationOptions()
    scores, places = _check(log_scores, truth, films)
    groups = pd.Series(list(films), dtype=object)
    found = {"clips": len(places), "films": int(groups.nunique())}
    impossible = int(np.isneginf(_of_truth(scores, places)).sum())
    if len(places) - impossible < options.min_clips:
        reason = (
            f"{len(places)} clips with a person's label can be used ({impossible} of them carry "
            f"a label that the student never learnt); it takes {options.min_clips}"
        )
        return Calibration(**found, impossible=impossible, reason=reason)
    if groups.nunique() < 2:
        groups = pd.Series([str(row) for row in range(len(places))], dtype=object)
    tempered = _cross_fit(scores, places, groups, options.folds)
    return Calibration(
        temperature=fit_temperature(scores, places),
        **found,
        impossible=impossible,
        before=measure_reliability(temper(scores, 1.0), places, options.bins),
        after=measure_reliability(tempered, places, options.bins),
    )


def fit_temperature(log_scores: np.ndarray, truth: Sequence[int] | np.ndarray) -> float:
    """Return the temperature with the least negative log-likelihood, from 0.05 to 20.

    Clips whose label cannot be answered are left out. If no other clips are left, it is 1.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    scores, places = np.asarray(log_scores, dtype=float), np.asarray(truth, dtype=int)
    usable = ~np.isneginf(_of_truth(scores, places))
    if not usable.any():
        return 1.0
    scores, places = scores[usable], places[usable]
    right = _of_truth(scores, places)

    def loss(log_temperature: float) -> float:
        inverse = np.exp(-log_temperature)
        return float(np.mean(logsumexp(inverse * scores, axis=1) - inverse * right))

    bounds = (np.log(LOWEST), np.log(HIGHEST))
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-8})
    return round(float(np.exp(best.x)), _DIGITS)


def temper(log_scores: np.ndarray, temperature: float) -> np.ndarray:
    """Return the probabilities of log-scores at a temperature; rows sum to 1."""
    from scipy.special import softmax

    found: np.ndarray = softmax(np.asarray(log_scores, dtype=float) / temperature, axis=1)
    return found


def log_scores_of(probabilities: np.ndarray) -> np.ndarray:
    """Return the logarithms of probabilities; -inf where they are 0."""
    with np.errstate(divide="ignore"):
        found: np.ndarray = np.log(np.asarray(probabilities, dtype=float))
    return found


def _cross_fit(scores: np.ndarray, places: np.ndarray, groups: pd.Series, count: int) -> np.ndarray:
    fold_of = assign_folds(groups, min(count, groups.nunique()))
    fold = groups.map(fold_of).to_numpy()
    found = np.zeros_like(scores)
    for number in set(fold):
        own = fold == number
        found[own] = temper(scores[own], fit_temperature(scores[~own], places[~own]))
    return found


def _of_truth(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    found: np.ndarray = scores[np.arange(len(places)), places]
    return found


def _check(
    log_scores: np.ndarray, truth: Sequence[int], films: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    scores, places = np.asarray(log_scores, dtype=float), np.asarray(truth, dtype=int)
    if not len(scores) == len(places) == len(films):
        raise StudentError(
            f"calibration: there are {len(scores)} rows of scores, {len(places)} labels and "
            f"{len(films)} films; give one of each for every clip"
        )
    bad = np.isnan(scores).any(axis=1) | ~np.isfinite(scores).any(axis=1) if len(scores) else []
    if np.any(bad):
        row = int(np.argmax(bad))
        raise StudentError(
            f"calibration: row {row} (film {films[row]}) has no score for any label, or one that "
            "is not a number; leave such clips out"
        )
    return scores, places
