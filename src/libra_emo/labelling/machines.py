"""What student and voters say about a clip together, learnt where people have answered.

A conditional logit over the labels. The evidence for a label is the logarithm of the student's
cross-fitted probability, which one weight calibrates (a temperature); one weight for each voter
that gives the label; what the voters' confusions say of it; and one weight for each number of
voters that agree on it. Voters that err alike hence count as what they are together: where two
that agree are right no more often than one, the weight of the agreement takes back what the
second voter adds. The student's and the voters' weights are fitted jointly, so that a student
that copies the voters adds nothing either.

The labels of the asked clips are uncertain, and their probabilities are the targets (Raykar, V. C.,
and others (2010). Learning from crowds. Journal of Machine Learning Research 11, 1297-1322). The
model is one of the label given what the machines say; therefore it is not biased by choosing the
asked clips for what the machines say.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.labelling.aggregation import normalise_logs
from libra_emo.labelling.votes import Bools, Floats, Ints

LEAST_PROBABILITY = 1e-6
CONFUSION_STRENGTH = 10.0  # clips that the prior of a confusion is worth, for each label
PRIOR_RIGHT, PRIOR_NEIGHBOUR = 0.5, 0.3
RIDGE, RIDGE_OF_STUDENT, RIDGE_OF_LABELS = 1.0, 20.0, 20.0
NEWTON_STEPS = 12
ROWS_AT_ONCE = 16_384


class MachineVotes(NamedTuple):
    """What the machines say of each clip by position.

    Attributes:
        student: The cross-fitted student's probabilities, an array (clips, labels).
        voters: Each voter's label by position, an array (clips, voters); -1 for no answer.
        neighbours: Share of each label among the errors of a true label, rows of sum 1.
    """

    student: Floats
    voters: Ints
    neighbours: Floats


class MachineModel(NamedTuple):
    """Fitted weights of the evidence.

    Attributes:
        weights: One weight for each kind of evidence, then one for each label.
        confusion: Probability of each voter's answer given the true label: an array (voters,
            labels, labels), true label first.
    """

    weights: Floats
    confusion: Floats


def prior_model(machines: MachineVotes) -> MachineModel:
    """Return the model before anybody has answered: voters count half, agreement nothing."""
    voters = machines.voters.shape[1]
    labels = machines.student.shape[1]
    weights = np.zeros(_evidence_count(voters) + labels)
    weights[0], weights[1] = 0.7, 0.5
    none = np.zeros((voters, labels, labels))
    return MachineModel(weights, _shrink(none, machines.neighbours))


def fit_machines(machines: MachineVotes, targets: Floats, asked: Bools) -> MachineModel:
    """Return the weights that predict what people said best, shrunk to the prior's.

    Args:
        machines: What the machines say of all clips.
        targets: Probabilities of the labels of all clips; those of asked clips are read.
        asked: Whether people have answered for a clip.
    """
    prior = prior_model(machines)
    if not asked.any():
        return prior
    some = MachineVotes(machines.student[asked], machines.voters[asked], machines.neighbours)
    wanted = targets[asked]
    halves = np.arange(len(wanted)) % 2 == 0
    confusion = _count_confusion(some, wanted)
    # a clip's own target may not stand in the confusions from which it is predicted
    evidence = np.empty((*wanted.shape, _evidence_count(machines.voters.shape[1])))
    for half in (halves, ~halves):
        others = _shrink(confusion - _count_confusion(_some(some, half), wanted[half]),
                         machines.neighbours)  # fmt: skip
        evidence[half] = _evidence(_some(some, half), others)
    weights = _newton(evidence, wanted, prior.weights)
    return MachineModel(weights, _shrink(confusion, machines.neighbours))


def predict_machines(machines: MachineVotes, model: MachineModel) -> Floats:
    """Return the logarithm of each label's probability given what the machines say."""
    clips, labels = machines.student.shape
    result = np.empty((clips, labels))
    for start in range(0, clips, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        part = MachineVotes(machines.student[rows], machines.voters[rows], machines.neighbours)
        scores = _scores(_evidence(part, model.confusion), model.weights)
        result[rows] = np.log(np.maximum(normalise_logs(scores), LEAST_PROBABILITY))
    return result


def _some(machines: MachineVotes, rows: Bools) -> MachineVotes:
    return MachineVotes(machines.student[rows], machines.voters[rows], machines.neighbours)


def _evidence_count(voters: int) -> int:
    return 2 + voters + max(0, voters - 1)


def _evidence(machines: MachineVotes, confusion: Floats) -> Floats:
    """Return the evidence for each label: an array (clips, labels, kinds)."""
    clips, labels = machines.student.shape
    voters = machines.voters.shape[1]
    logs = np.log(np.maximum(machines.student, LEAST_PROBABILITY))
    given = machines.voters[:, :, None] == np.arange(labels)
    evidence = np.zeros((clips, labels, _evidence_count(voters)))
    evidence[:, :, 0] = logs
    for voter in range(voters):
        answers = machines.voters[:, voter]
        likely = np.log(confusion[voter])[:, np.maximum(answers, 0)].T
        evidence[:, :, 1] += np.where(answers[:, None] >= 0, likely, 0.0)
        evidence[:, :, 2 + voter] = given[:, voter]
    agreeing = given.sum(axis=1)
    for number in range(2, voters + 1):
        evidence[:, :, voters + number] = agreeing >= number
    return evidence


def _scores(evidence: Floats, weights: Floats) -> Floats:
    kinds = evidence.shape[2]
    scores: Floats = evidence @ weights[:kinds] + weights[kinds:]
    return scores


def _newton(evidence: Floats, targets: Floats, prior: Floats) -> Floats:
    """Return the weights of the highest penalised likelihood, by Newton's method."""
    labels, kinds = evidence.shape[1:]
    ridge = np.r_[np.full(kinds, RIDGE), np.full(labels, RIDGE_OF_LABELS)]
    ridge[0] = RIDGE_OF_STUDENT
    weights = prior.copy()
    for _ in range(NEWTON_STEPS):
        shares = normalise_logs(_scores(evidence, weights))
        error = targets - shares
        gradient = np.r_[np.einsum("ncf,nc->f", evidence, error, optimize=True), error.sum(axis=0)]
        gradient -= ridge * (weights - prior)
        step = np.linalg.solve(_curvature(evidence, shares) + np.diag(ridge), gradient)
        weights = weights + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-5:
            break
    return weights


def _curvature(evidence: Floats, shares: Floats) -> Floats:
    kinds = evidence.shape[2]
    weighted = evidence * shares[:, :, None]
    means = weighted.sum(axis=1)
    flat = evidence.reshape(-1, kinds)
    upper = flat.T @ weighted.reshape(-1, kinds) - means.T @ means
    cross = weighted.sum(axis=0).T - means.T @ shares
    lower = np.diag(shares.sum(axis=0)) - shares.T @ shares
    curvature: Floats = np.block([[upper, cross], [cross.T, lower]])
    return curvature


def _count_confusion(machines: MachineVotes, targets: Floats) -> Floats:
    """Return how often each voter gave each answer by true label."""
    labels = targets.shape[1]
    given = (machines.voters[:, :, None] == np.arange(labels)).astype(np.float64)
    counts: Floats = np.einsum("nc,nva->vca", targets, given, optimize=True)
    return counts


def _shrink(counts: Floats, neighbours: Floats) -> Floats:
    labels = len(neighbours)
    prior = np.eye(labels) * PRIOR_RIGHT + PRIOR_NEIGHBOUR * neighbours
    prior += (1 - PRIOR_RIGHT - PRIOR_NEIGHBOUR) / labels
    prior /= prior.sum(axis=1, keepdims=True)
    with_prior = counts + CONFUSION_STRENGTH * prior
    shrunk: Floats = with_prior / with_prior.sum(axis=2, keepdims=True)
    return shrunk
