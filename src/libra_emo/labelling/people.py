"""What people's answers say about a clip: ability, neighbour errors, and hard clips.

A person's answer is right with log-odds of the person's ability plus the ease of the clip's
kind; an error is mostly a neighbour of the true label. Two facts make equal answers worth less
than independent ones. Some clips are hard for everybody: the kind of a clip (easy, middle or hard)
is unknown and summed over. And people err alike on one clip: with some probability an error is
the clip's own look-alike label, which is unknown too and summed over. Abilities and errors are
shrunk, since most people answer for few clips.

Dawid and Skene's model is the case of one kind and no look-alike; the kinds are those of Whitehill,
J., and others (2009). Whose vote should count more. Advances in Neural Information Processing
Systems 22.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.labelling.aggregation import normalise_logs
from libra_emo.labelling.votes import Floats, Votes

EASES = np.array([2.2, 0.6, -0.6])  # log-odds of the kinds before anybody has answered
KIND_SHARES = np.array([0.35, 0.45, 0.2])
KIND_STRENGTH = 1000.0  # votes or clips that each of these priors is worth
ABILITY_STRENGTH = 20.0
ERROR_STRENGTH = 100.0  # errors; from there on the prior counts as much as the errors
PRIOR_LOOK_ALIKE = 0.25
LOOK_ALIKES = (0.0, 0.15, 0.3, 0.45)
NEIGHBOUR_SHARE, OTHER_SHARE = 0.7, 0.15
CLIPS_AT_ONCE = 8_192
SMALLEST_ERROR = 1e-4
MOST_EQUAL_ANSWERS = 60  # more would overflow, and would say no more


class PeopleModel(NamedTuple):
    """How people answer.

    Attributes:
        abilities: Log-odds that each person adds to the ease of a clip.
        eases: Log-odds of a right answer of the average person, for each kind of clip.
        kinds: Share of each kind.
        errors: Probability of each answer given an error, by true label: an array (labels,
            answers), the last answer being "none of them"; the true label has 0.
        look_alike: Probability that an error is the clip's own look-alike label.
    """

    abilities: Floats
    eases: Floats
    kinds: Floats
    errors: Floats
    look_alike: float


class PeopleEvidence(NamedTuple):
    """What the answers say of each asked clip.

    Attributes:
        logs: Log-likelihood of each label: an array (clips, labels).
        kinds: Probability of each kind given each label: an array (clips, labels, kinds).
        look_alikes: Probability of each look-alike answer given each label: an array (clips,
            labels, answers).
    """

    logs: Floats
    kinds: Floats
    look_alikes: Floats


class _Tally(NamedTuple):
    """Sums over the votes of each clip: counts (clips, answers); logs (kinds, clips, answers)."""

    counts: Floats
    right: Floats
    wrong: Floats


def prior_people(people: int, neighbours: Floats) -> PeopleModel:
    """Return how people answer before anybody has.

    Args:
        people: How many people there are.
        neighbours: Share of each label among the neighbour errors of a true label.
    """
    return PeopleModel(
        np.zeros(people), EASES, KIND_SHARES, prior_errors(neighbours), PRIOR_LOOK_ALIKE
    )


def prior_errors(neighbours: Floats) -> Floats:
    """Return the errors that are expected: neighbours, "none of them", and any other label."""
    labels = len(neighbours)
    far = (1 - np.eye(labels)) / (labels - 1)
    rest = 1 - NEIGHBOUR_SHARE - OTHER_SHARE
    errors = np.c_[NEIGHBOUR_SHARE * neighbours + rest * far, np.full(labels, OTHER_SHARE)]
    scaled: Floats = errors / errors.sum(axis=1, keepdims=True)
    return scaled


def weigh_answers(votes: Votes, clips: int, model: PeopleModel) -> PeopleEvidence:
    """Return what the answers say of clips, whose positions are below `clips`."""
    labels, answers = model.errors.shape
    tally = _tally(votes, clips, answers, model)
    logs = np.empty((clips, labels))
    kinds = np.empty((clips, labels, len(model.kinds)))
    look_alikes = np.empty((clips, labels, answers))
    for start in range(0, clips, CLIPS_AT_ONCE):
        rows = slice(start, start + CLIPS_AT_ONCE)
        by_kind = _kind_logs(tally, rows, model)
        peak = by_kind.max(axis=2, keepdims=True)
        logs[rows] = peak[:, :, 0] + np.log(np.exp(by_kind - peak).sum(axis=2))
        kinds[rows] = _normalised(by_kind)
        error_logs, look_alikes[rows] = _error_logs(tally.counts[rows], model)
        logs[rows] += error_logs
    return PeopleEvidence(logs, kinds, look_alikes)


def fit_people(
    votes: Votes,
    posterior: Floats,
    evidence: PeopleEvidence,
    model: PeopleModel,
    neighbours: Floats,
) -> PeopleModel:
    """Return how people answer, given the probabilities of the labels: one step of EM.

    Args:
        votes: Votes, whose clips are positions in `posterior`.
        posterior: Probability of each label of each asked clip.
        evidence: What `weigh_answers` said with the model before.
        model: The model before.
        neighbours: Share of each label among the neighbour errors of a true label.
    """
    labels, answers = model.errors.shape
    among_labels = votes.answer < labels
    given = posterior[votes.clip[among_labels], votes.answer[among_labels]]
    by_kind = np.zeros((len(votes.clip), len(model.kinds)))
    right_kinds = evidence.kinds[votes.clip[among_labels], votes.answer[among_labels]]
    by_kind[among_labels] = given[:, None] * right_kinds
    mixed = np.einsum("nc,nch->nh", posterior, evidence.kinds)
    all_kinds = mixed[votes.clip]
    kinds = mixed.sum(axis=0) + KIND_STRENGTH * KIND_SHARES
    eases = _fit_eases(by_kind, all_kinds, votes, model)
    abilities = _fit_abilities(by_kind, all_kinds, votes, model._replace(eases=eases))
    counts = np.zeros((len(posterior), answers))
    np.add.at(counts, (votes.clip, votes.answer), 1.0)
    errors = posterior.T @ counts
    errors[:, :labels] *= 1 - np.eye(labels)
    # an error matrix that follows the votes freely explains away what most people say
    strength = np.maximum(errors.sum(axis=1, keepdims=True), ERROR_STRENGTH)
    errors += strength * prior_errors(neighbours)
    errors /= errors.sum(axis=1, keepdims=True)
    fitted = PeopleModel(abilities, eases, kinds / kinds.sum(), errors, model.look_alike)
    return fitted._replace(look_alike=_fit_look_alike(counts, posterior, fitted))


def answer_probabilities(model: PeopleModel, kinds: Floats, look_alikes: Floats) -> Floats:
    """Return the probability of the average person's next answer, by true label.

    Args:
        model: How people answer.
        kinds: Probability of each kind given each label, as in `PeopleEvidence`.
        look_alikes: Probability of each look-alike given each label, as there.

    Returns:
        An array (clips, labels, answers).
    """
    labels = len(model.errors)
    right = kinds @ _logistic(model.eases)
    errors = model.look_alike * look_alikes + (1 - model.look_alike) * model.errors
    result = (1 - right)[:, :, None] * errors
    every = np.arange(labels)
    result[:, every, every] = right
    return result


def unasked_evidence(clips: int, model: PeopleModel) -> PeopleEvidence:
    """Return the evidence of clips for which nobody has answered."""
    labels, answers = model.errors.shape
    return PeopleEvidence(
        np.zeros((clips, labels)),
        np.broadcast_to(model.kinds, (clips, labels, len(model.kinds))),
        np.broadcast_to(model.errors, (clips, labels, answers)),
    )


def _tally(votes: Votes, clips: int, answers: int, model: PeopleModel) -> _Tally:
    places = votes.clip * answers + votes.answer
    size = clips * answers
    log_odds = model.abilities[votes.person, None] + model.eases
    right, wrong = -np.logaddexp(0, -log_odds), -np.logaddexp(0, log_odds)
    shape = (clips, answers)

    def total(weights: Floats | None) -> Floats:
        summed = np.bincount(places, weights, minlength=size).reshape(shape)
        return summed.astype(np.float64)

    kinds = range(len(model.eases))
    return _Tally(
        total(None),
        np.stack([total(right[:, kind]) for kind in kinds]),
        np.stack([total(wrong[:, kind]) for kind in kinds]),
    )


def _kind_logs(tally: _Tally, rows: slice, model: PeopleModel) -> Floats:
    """Return the log-likelihood of right and wrong, by label and kind."""
    labels = len(model.errors)
    right, wrong = tally.right[:, rows], tally.wrong[:, rows]
    own = right[:, :, :labels] - wrong[:, :, :labels] + wrong.sum(axis=2, keepdims=True)
    logs: Floats = own.transpose(1, 2, 0) + np.log(model.kinds)
    return logs


def _error_logs(counts: Floats, model: PeopleModel) -> tuple[Floats, Floats]:
    """Return the log-likelihood of which errors were made, and the look-alikes' probabilities."""
    labels = len(model.errors)
    errors = np.maximum(model.errors, SMALLEST_ERROR)
    plain = np.log((1 - model.look_alike) * errors)
    alike = np.log(model.look_alike + (1 - model.look_alike) * errors)
    own = np.arange(labels)
    plain[own, own] = alike[own, own] = 0.0
    # most clips have one of a few combinations of answers, each of which is computed once
    few = np.minimum(counts, MOST_EQUAL_ANSWERS).astype(np.int8)
    rows = np.ascontiguousarray(few).view(np.dtype((np.void, few.shape[1]))).ravel()
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    few = few[first]
    scaled = np.exp(few[:, None, :] * (alike - plain)) * errors
    scaled[:, own, own] = 0.0
    total = np.einsum("cla->cl", scaled)
    scaled /= total[:, :, None]
    return counts @ plain.T + np.log(total)[which], scaled[which]


def _fit_eases(right: Floats, all_kinds: Floats, votes: Votes, model: PeopleModel) -> Floats:
    """Return the log-odds of each kind by one step of Newton's method, shrunk to the prior's."""
    chances = _logistic(model.abilities[votes.person, None] + model.eases)
    slope = (right - all_kinds * chances).sum(axis=0)
    curve = (all_kinds * chances * (1 - chances)).sum(axis=0)
    strength = KIND_STRENGTH / 4
    step = (slope - strength * (model.eases - EASES)) / (curve + strength)
    eases: Floats = model.eases + np.clip(step, -1, 1)
    return eases


def _fit_abilities(right: Floats, all_kinds: Floats, votes: Votes, model: PeopleModel) -> Floats:
    """Return each person's log-odds by one step of Newton's method, shrunk to the average."""
    people = len(model.abilities)
    chances = _logistic(model.abilities[votes.person, None] + model.eases)
    slopes = (right - all_kinds * chances).sum(axis=1)
    curves = (all_kinds * chances * (1 - chances)).sum(axis=1)
    slope = np.bincount(votes.person, slopes, minlength=people)
    curve = np.bincount(votes.person, curves, minlength=people)
    strength = ABILITY_STRENGTH / 4
    step = (slope - strength * model.abilities) / (curve + strength)
    abilities: Floats = model.abilities + np.clip(step, -1, 1)
    centred: Floats = abilities - abilities.mean()
    return centred


def _fit_look_alike(counts: Floats, posterior: Floats, model: PeopleModel) -> float:
    """Return the most likely of a few probabilities of a look-alike error."""
    several = counts.sum(axis=1) >= 2
    if several.sum() < 50:
        return PRIOR_LOOK_ALIKE
    some, weights = counts[several][:CLIPS_AT_ONCE], posterior[several][:CLIPS_AT_ONCE]
    likely = [
        float((weights * _error_logs(some, model._replace(look_alike=value))[0]).sum())
        for value in LOOK_ALIKES
    ]
    return LOOK_ALIKES[int(np.argmax(likely))]


def _logistic(log_odds: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-log_odds))
    return chances


def _normalised(logs: Floats) -> Floats:
    return normalise_logs(logs.reshape(-1, logs.shape[2])).reshape(logs.shape)


def neighbour_shares(neighbours: list[list[int]]) -> Floats:
    """Return the share of each label among the neighbour errors of a true label.

    Args:
        neighbours: For each label the positions of its neighbours, nearest first; each is half
            as frequent as the one before. A label without neighbours has all others alike.
    """
    labels = len(neighbours)
    shares = np.zeros((labels, labels))
    for label, near in enumerate(neighbours):
        if near:
            shares[label, near] = 0.5 ** np.arange(len(near))
        else:
            shares[label] = 1 - np.eye(labels)[label]
    scaled: Floats = shares / shares.sum(axis=1, keepdims=True)
    return scaled
