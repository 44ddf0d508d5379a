"""The posterior: how probable each label of each clip is, by machines and people together.

Three sources are kept apart: the student, the voters (both in `machines`) and people (in `people`).
Both models are fitted by expectation-maximisation on the clips for which people have answered.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from libra_emo.labelling.aggregation import normalise_logs
from libra_emo.labelling.machines import (
    MachineModel,
    MachineVotes,
    fit_machines,
    predict_machines,
    prior_model,
)
from libra_emo.labelling.people import (
    PeopleEvidence,
    PeopleModel,
    answer_probabilities,
    fit_people,
    prior_people,
    unasked_evidence,
    weigh_answers,
)
from libra_emo.labelling.votes import Bools, Floats, Ints, Votes

FIT_STEPS = 4
PEOPLE_STEPS = 3


class PosteriorModel(NamedTuple):
    """How machines and people answer.

    Attributes:
        machines: Weights of student and voters.
        people: How people answer.
    """

    machines: MachineModel
    people: PeopleModel


class Posterior(NamedTuple):
    """What is known of all clips by position.

    Attributes:
        probabilities: Probability of each label: an array (clips, labels).
        machine_logs: Logarithm of what the machines alone say.
        evidence: What people say of the asked clips.
        row: Position of each clip in the evidence, -1 for a clip that was not asked.
        model: The model behind it.
    """

    probabilities: Floats
    machine_logs: Floats
    evidence: PeopleEvidence
    row: Ints
    model: PosteriorModel

    def next_answers(self, rows: slice) -> Floats:
        """Return the probability of the next answer by label: (clips, labels, answers)."""
        people = self.model.people
        part = self.row[rows]
        blank = unasked_evidence(len(part), people)
        kinds, look_alikes = blank.kinds.copy(), blank.look_alikes.copy()
        asked = part >= 0
        kinds[asked] = self.evidence.kinds[part[asked]]
        look_alikes[asked] = self.evidence.look_alikes[part[asked]]
        return answer_probabilities(people, kinds, look_alikes)


def fit_posterior(
    machines: MachineVotes, votes: Votes, people: int, start: PeopleModel | None = None
) -> Posterior:
    """Return the posterior of all clips, with both models fitted to the votes.

    The fit starts from what people say alone: a student that was taught one label only would
    otherwise confirm itself.

    Args:
        machines: What the machines say.
        votes: People's votes; answers of a sealed audit may not be among them.
        people: How many people there are.
        start: How people answered in the round before.
    """
    people_model = start or prior_people(people, machines.neighbours)
    model = PosteriorModel(prior_model(machines), people_model)
    asked, local = _asked(votes, len(machines.student))
    if not len(asked):
        return update_posterior(machines, votes, model)
    is_asked = np.zeros(len(machines.student), dtype=bool)
    is_asked[asked] = True
    targets = np.zeros_like(machines.student)
    logs = _answer_logs(local, len(asked), targets.shape[1])
    for _ in range(FIT_STEPS):
        for _ in range(PEOPLE_STEPS):
            evidence = weigh_answers(local, len(asked), people_model)
            shares = normalise_logs(logs + evidence.logs)
            people_model = fit_people(local, shares, evidence, people_model, machines.neighbours)
        targets[asked] = shares
        machine_model = fit_machines(machines, targets, is_asked)
        model = PosteriorModel(machine_model, people_model)
        logs = _machine_logs_of(machines, is_asked, model)
    return update_posterior(machines, votes, model)


def update_posterior(
    machines: MachineVotes, votes: Votes, model: PosteriorModel, logs: Floats | None = None
) -> Posterior:
    """Return the posterior of all clips with models that stay as they are.

    Args:
        machines: What the machines say.
        votes: People's votes.
        model: How machines and people answer.
        logs: What the machines alone say, where it was computed before with this model.
    """
    if logs is None:
        logs = predict_machines(machines, model.machines)
    asked, local = _asked(votes, len(logs))
    evidence = weigh_answers(local, len(asked), model.people)
    probabilities = normalise_logs(logs)
    if len(asked):
        probabilities[asked] = normalise_logs(logs[asked] + evidence.logs)
    row = np.full(len(logs), -1, dtype=np.int64)
    row[asked] = np.arange(len(asked))
    return Posterior(probabilities, logs, evidence, row, model)


def _asked(votes: Votes, clips: int) -> tuple[Ints, Votes]:
    """Return the asked clips, and the votes with positions among these."""
    asked = np.flatnonzero(np.bincount(votes.clip, minlength=clips)).astype(np.int64)
    local = np.searchsorted(asked, votes.clip).astype(np.int64)
    return asked, votes._replace(clip=local)


def _answer_logs(votes: Votes, asked: int, labels: int) -> Floats:
    """Return the logarithm of each label's share among all answers, for each asked clip."""
    counts = np.bincount(votes.answer, minlength=labels)[:labels] + 1.0
    return np.broadcast_to(np.log(counts / counts.sum()), (asked, labels))


def _machine_logs_of(machines: MachineVotes, rows: Bools, model: PosteriorModel) -> Floats:
    some = MachineVotes(machines.student[rows], machines.voters[rows], machines.neighbours)
    return predict_machines(some, model.machines)
