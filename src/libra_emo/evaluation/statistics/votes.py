"""People as the measure: how well one annotator does, and whether a model could replace one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libra_emo.evaluation.statistics.answer_matrix import Codes, Flags, Numbers
from libra_emo.evaluation.statistics.intervals import Interval, jackknife_interval
from libra_emo.evaluation.statistics.scores import divide

EPSILON = 0.15  # what the lower price of a model is worth: skilled annotators (Calderon et al.)
FALSE_DISCOVERY = 0.05
SPLITS = 200


@dataclass(frozen=True)
class Votes:
    """The votes of people for clips.

    Attributes:
        labels: Place of the class that each annotator voted for, -1 where there is no vote for
            a class, [clips, annotators].
        classes: Number of classes.
        film: Number of each clip's film, [clips].
    """

    labels: Codes
    classes: int
    film: Codes

    @property
    def counts(self) -> Numbers:
        """Votes of each clip for each class, [clips, classes]."""
        return count_votes(self.labels, self.classes)


class HumanCeiling(NamedTuple):
    """What people reach by the measure that models are held to.

    Attributes:
        one_against_others: Agreement of one annotator with the plurality of the others.
        halves: Agreement of the pluralities of two random halves of the annotators.
        clips: Clips with at least two votes.
        annotators: Number of annotators.
    """

    one_against_others: Interval
    halves: Interval
    clips: int
    annotators: int


class AlternativeTest(NamedTuple):
    """The alternative-annotator test of one model (Calderon, Reichart and Dror, 2025).

    Attributes:
        omega: Winning rate: share of the annotators whom the model beats, given what it saves.
        rho: Advantage probability: how often the model agrees with the others at least as well
            as the annotator who was left out.
        annotators: Annotators who could be tested.
        passes: Whether the winning rate is a half or more.
    """

    omega: float
    rho: float
    annotators: int
    passes: bool


def count_votes(labels: Codes, classes: int) -> Numbers:
    """Return the votes of each row for each class, [rows, classes]; -1 is no vote."""
    counts = np.zeros((len(labels), classes))
    rows, columns = np.nonzero(labels >= 0)
    np.add.at(counts, (rows, labels[rows, columns]), 1)
    return counts


def human_ceiling(votes: Votes, seed: int, splits: int = SPLITS) -> HumanCeiling:
    """Return how well people agree with people, by the measure that models are held to.

    Where several classes share most votes, agreement is the chance that a fair draw among them
    agrees.

    Args:
        votes: The votes.
        seed: Seed of the random halves.
        splits: Number of random halves.
    """
    voted = (votes.labels >= 0).sum(axis=1)
    usable = voted >= 2
    labels, film = votes.labels[usable], votes.film[usable]
    agreement, answered = _one_against_others(labels, votes.classes)
    halves = _agreement_of_halves(labels, votes.classes, seed, splits)
    return HumanCeiling(
        _film_mean(agreement, answered, film),
        _film_mean(halves, np.ones(len(halves)), film),
        int(usable.sum()),
        int((votes.labels >= 0).any(axis=0).sum()),
    )


def alternative_annotator_test(
    votes: Votes, answers: Codes, epsilon: float = EPSILON, least_clips: int = 30
) -> AlternativeTest:
    """Return whether a model represents the annotators as well as one of them does.

    Each annotator in turn is left out. On each clip the model and the annotator are scored by the
    share of the other annotators who agree with them. The annotator loses where a one-sided t-test
    finds that he is ahead in less than `epsilon` more of the clips than the model; the tests are
    corrected by Benjamini and Yekutieli's procedure.

    Args:
        votes: The votes.
        answers: Place of the model's class for each clip, a negative number where it has none,
            [clips]; such a clip is lost to the annotator unless he agrees with nobody either.
        epsilon: What replacing a person saves: 0.2 for experts, 0.15 for skilled annotators, 0.1
            for crowd workers.
        least_clips: Clips below which the t-test of an annotator means nothing.
    """
    counts = votes.counts
    rows = np.arange(len(answers))
    model_votes = np.where(answers >= 0, counts[rows, np.maximum(answers, 0)], 0.0)
    p_values, advantages = [], []
    for own in votes.labels.T:
        used = (own >= 0) & (counts.sum(axis=1) >= 2)
        if used.sum() < least_clips:
            continue
        person = counts[rows, np.maximum(own, 0)][used] - 1
        model = model_votes[used] - (answers == own)[used]
        person_wins, model_wins = person >= model, model >= person
        p_values.append(_p_below(person_wins.astype(float) - model_wins, epsilon))
        advantages.append(float(model_wins.mean()))
    if not p_values:
        return AlternativeTest(float("nan"), float("nan"), 0, False)
    omega = float(reject_with_dependence(np.array(p_values), FALSE_DISCOVERY).mean())
    return AlternativeTest(omega, float(np.mean(advantages)), len(p_values), omega >= 0.5)


def reject_with_dependence(p_values: Numbers, rate: float) -> Flags:
    """Return which hypotheses Benjamini and Yekutieli reject at a false discovery rate."""
    number = len(p_values)
    ranks = np.arange(1, number + 1)
    order = np.argsort(p_values, kind="stable")
    below = p_values[order] <= ranks * rate / (number * (1 / ranks).sum())
    last = int(np.flatnonzero(below).max()) + 1 if below.any() else 0
    rejected = np.zeros(number, dtype=bool)
    rejected[order[:last]] = True
    return rejected


def _one_against_others(labels: Codes, classes: int) -> tuple[Numbers, Numbers]:
    """Return each clip's agreements of one annotator with the others, summed, and how many."""
    counts, rows = count_votes(labels, classes), np.arange(len(labels))
    agreement, answered = np.zeros(len(labels)), np.zeros(len(labels))
    for own in labels.T:
        voted = own >= 0
        others = counts.copy()
        others[rows[voted], own[voted]] -= 1
        leading = _leading(others)
        share = leading[rows, np.maximum(own, 0)] / np.maximum(1, leading.sum(axis=1))
        agreement += np.where(voted, share, 0.0)
        answered += voted
    return agreement, answered


def random_halves(labels: Codes, generator: np.random.Generator) -> tuple[Codes, Codes]:
    """Return the votes of two random halves of each clip's annotators; an odd vote goes to one."""
    keys = np.where(labels >= 0, generator.random(labels.shape), 2.0)
    places = np.argsort(np.argsort(keys, axis=1), axis=1)
    voted = (labels >= 0).sum(axis=1, keepdims=True)
    first = places < voted // 2
    return np.where(first, labels, -1), np.where(first, -1, labels)


def _agreement_of_halves(labels: Codes, classes: int, seed: int, splits: int) -> Numbers:
    generator = np.random.default_rng(seed)
    agreement = np.zeros(len(labels))
    for _ in range(splits):
        one, two = (
            _leading(count_votes(half, classes)) for half in random_halves(labels, generator)
        )
        agreement += (one & two).sum(axis=1) / (one.sum(axis=1) * two.sum(axis=1))
    return agreement / splits


def _leading(counts: Numbers) -> Flags:
    """Return which classes have most votes of a row."""
    most: Flags = (counts == counts.max(axis=1, keepdims=True)) & (counts > 0)
    return most


def _film_mean(values: Numbers, weights: Numbers, film: Codes) -> Interval:
    if not len(values):
        return Interval(*(float("nan"),) * 4)
    films = int(film.max()) + 1
    sums = np.bincount(film, weights=values, minlength=films)
    sizes = np.bincount(film, weights=weights, minlength=films).astype(float)
    left_out = divide(sums.sum() - sums, sizes.sum() - sizes)
    return jackknife_interval(float(sums.sum() / sizes.sum()), left_out, sizes)


def _p_below(differences: NDArray[np.float64], epsilon: float) -> float:
    """Return the p-value of a one-sided t-test that a mean is below epsilon."""
    from scipy.special import stdtr

    if np.ptp(differences) == 0:
        return 0.0 if differences[0] < epsilon else 1.0
    number = len(differences)
    error = differences.std(ddof=1) / np.sqrt(number)
    return float(stdtr(number - 1, (differences.mean() - epsilon) / error))
