"""Majority vote and the model of Dawid and Skene, for a million votes in seconds.

Figures are those of crowd-kit 1.4 (`MajorityVote`, `DawidSkene`), the reference of the field:
the same start, the same order of steps, the same smallest probability, and the same stopping rule.

Dawid, A. P., and Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates using
the EM algorithm. Applied Statistics 28, 20-28.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from libra_emo.labelling.votes import Floats, Ints, Votes, count_answers

SMALLEST = 1e-10


class DawidSkene(NamedTuple):
    """A fitted model.

    Attributes:
        probabilities: Probability of each answer for each clip; zeros for a clip without votes.
        priors: Share of each answer.
        confusion: Probability that a person gives an answer, by person, answer and true answer;
            zeros for answers that a person never gave.
        steps: How many steps were made.
    """

    probabilities: Floats
    priors: Floats
    confusion: Floats
    steps: int


def majority(votes: Votes, clips: int, answers: int) -> Floats:
    """Return the share of each answer among a clip's votes; zeros for a clip without votes."""
    counts = count_answers(votes, clips, answers)
    shares: Floats = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares


def most_probable(probabilities: Floats) -> Ints:
    """Return the leading answer of each clip; of equal ones the first in order."""
    leading: Ints = probabilities.argmax(axis=1).astype(np.int64)
    return leading


def dawid_skene(
    votes: Votes, clips: int, answers: int, *, max_steps: int = 100, tolerance: float = 1e-5
) -> DawidSkene:
    """Return the model of Dawid and Skene, fitted to votes by expectation-maximisation.

    Args:
        votes: The votes.
        clips: How many clips there are.
        answers: How many answers there are.
        max_steps: Most steps that are made.
        tolerance: Gain of the evidence bound, divided by the votes, at which the steps end.
    """
    from scipy.sparse import csr_array

    people = int(votes.person.max(initial=-1)) + 1
    probabilities = majority(votes, clips, answers)
    voted = probabilities.sum(axis=1) > 0
    if not voted.any():
        return DawidSkene(probabilities, np.zeros(answers), np.zeros((people, answers, answers)), 0)
    # one column for each pair of person and answer that occurs
    pairs, pair_of = np.unique(votes.person * answers + votes.answer, return_inverse=True)
    given = csr_array((np.ones(len(pair_of)), (votes.clip, pair_of)), shape=(clips, len(pairs)))
    by_pair = given.T.tocsr()
    errors = _maximise(by_pair, probabilities, pairs // answers, people)
    priors = probabilities[voted].mean(axis=0)
    bound, steps = -np.inf, 0
    for steps in range(1, max_steps + 1):  # noqa: B007
        probabilities = np.where(voted[:, None], _expect(given, priors, errors), 0.0)
        priors = probabilities[voted].mean(axis=0)
        errors = _maximise(by_pair, probabilities, pairs // answers, people)
        new_bound = _evidence(by_pair, probabilities, priors, errors, voted) / len(pair_of)
        if new_bound - bound < tolerance:
            break
        bound = new_bound
    confusion = np.zeros((people * answers, answers))
    confusion[pairs] = errors
    return DawidSkene(probabilities, priors, confusion.reshape(people, answers, answers), steps)


def _maximise(by_pair: Any, probabilities: Floats, person: Ints, people: int) -> Floats:
    errors = np.maximum(by_pair @ probabilities, SMALLEST)
    totals = np.zeros((people, errors.shape[1]))
    np.add.at(totals, person, errors)
    scaled: Floats = errors / totals[person]
    return scaled


def _expect(given: Any, priors: Floats, errors: Floats) -> Floats:
    logs = given @ np.log(errors) + np.log(np.maximum(priors, SMALLEST))
    return normalise_logs(logs)


def normalise_logs(logs: Floats) -> Floats:
    """Return probabilities of rows of log-likelihoods."""
    scaled = np.exp(logs - logs.max(axis=1, keepdims=True))
    normalised: Floats = scaled / scaled.sum(axis=1, keepdims=True)
    return normalised


def _evidence(
    by_pair: Any, probabilities: Floats, priors: Floats, errors: Floats, voted: Any
) -> float:
    # crowd-kit adds the prior once a vote, not once a clip; the stop then comes at the same step
    logs = np.log(errors) + np.log(np.maximum(priors, SMALLEST))
    joint = float(((by_pair @ probabilities) * logs).sum())
    known = np.maximum(probabilities[voted], SMALLEST)
    return joint - float((np.log(known) * known).sum())
