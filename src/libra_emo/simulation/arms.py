"""Arms: a query strategy run on a population until its judgements are spent.

All arms see the same clips, voters and answers of people: the third answer for a clip is the same
for every arm that asks three times. They begin with what the voters say and count every answer
that they ask of a person, the first random ones included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from libra_emo.labelling.certificate import is_decided
from libra_emo.labelling.labels import NO_LABEL, SETTLED, is_settled, release_labels
from libra_emo.labelling.machines import MachineVotes
from libra_emo.labelling.people import PeopleModel
from libra_emo.labelling.posterior import (
    Posterior,
    fit_posterior,
    update_posterior,
)
from libra_emo.labelling.query_strategies import (
    STRATEGIES,
    AskingOptions,
    Candidates,
    QueryStrategy,
    class_weights,
    select,
)
from libra_emo.labelling.votes import Floats, Ints, Votes
from libra_emo.simulation.people import People
from libra_emo.simulation.population import Population
from libra_emo.simulation.student import cross_fit, fit_in_sample

# shares of the budget at which the student learns anew: often at first, when it learns most
ROUNDS = (0.02, 0.04, 0.07, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.36, 0.43, 0.55, 0.7, 0.85, 1.0)
SWEEPS = 3  # how often answers are taken in between two rounds
CALIBRATION_SHARE = 0.02
CALIBRATION_CLIPS, CALIBRATION_PEOPLE = 100, 3
PAPER_ROUNDS, PAPER_PEOPLE, PAPER_THRESHOLD, PAPER_VOTERS = 2, 4, 2, 2


class Point(NamedTuple):
    """How good the labels are after some judgements.

    Attributes:
        judgements: Answers of people so far.
        accuracy: Share of the labelled clips whose label is the true one.
        recalls: Share of right labels by true label.
        dropped: Clips without a label.
    """

    judgements: int
    accuracy: float
    recalls: Floats
    dropped: int

    @property
    def macro_recall(self) -> float:
        """Mean of the recalls of the labels that occur."""
        return float(np.nanmean(self.recalls))


class ArmResult(NamedTuple):
    """What an arm ends with.

    Attributes:
        points: How good the labels were after some judgements.
        labels: The labels by position, -1 for none.
        doubt: Probability of another label, by the arm's own posterior or student.
        judgements: How many people have answered for each clip.
        shares: Probability of each label, by the same: an array (clips, labels).
    """

    points: list[Point]
    labels: Ints
    doubt: Floats
    judgements: Ints
    shares: Floats


@dataclass
class Campaign:
    """The votes that an arm has collected.

    Attributes:
        people: Who answers.
        judgements: How many people have answered for each clip.
        spent: Answers in all, adjudications included.
        parts: Votes by the order of asking.
    """

    people: People
    judgements: Ints
    spent: int = 0
    parts: list[Votes] = field(default_factory=list)

    def ask(self, clips: Ints) -> Ints:
        """Ask one person about each clip, and return the answers."""
        given = self.people.answer(clips, self.judgements[clips])
        self.judgements[clips] += 1
        self.spent += len(clips)
        self.parts.append(Votes(clips, given.person, given.answer))
        return given.answer

    def adjudicate(self, clips: Ints) -> Ints:
        """Ask the adjudicator about each clip, and return the answers."""
        self.spent += len(clips)
        return self.people.adjudicate(clips)

    @property
    def votes(self) -> Votes:
        """All votes."""
        none = np.empty(0, dtype=np.int64)
        parts = self.parts or [Votes(none, none, none)]
        return Votes(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def run_paper(population: Population, people: People, rounds: int = PAPER_ROUNDS) -> ArmResult:
    """Return how the paper's rule does: 2 of 3 voters, then rounds of disagreement.

    Undecided clips and disagreements are answered by four people, two of whom must agree; others
    go to an adjudicator. A clip that was asked may be asked again in the second round.

    Args:
        population: The clips.
        people: Who answers.
        rounds: How many rounds; the paper had two.
    """
    campaign = Campaign(people, np.zeros(len(population), dtype=np.int64))
    counts = _count_voters(population)
    labels = np.where(is_decided(counts, PAPER_VOTERS), counts.argmax(axis=1), NO_LABEL)
    undecided = np.flatnonzero(labels == NO_LABEL)
    labels[undecided] = _ask_four(population, campaign, undecided)
    points = [measure(population, labels, campaign.spent)]
    doubt = np.zeros(len(labels))
    shares = np.eye(len(population.labels))[np.maximum(labels, 0)]
    for _ in range(rounds):
        shares = fit_in_sample(
            population.seen, labels, len(population.labels), population.world.memory
        )
        asked = np.flatnonzero((labels != NO_LABEL) & (shares.argmax(axis=1) != labels))
        asked = asked[campaign.judgements[asked] + PAPER_PEOPLE <= people.most]
        labels[asked] = _ask_four(population, campaign, asked)
        doubt = 1 - shares[np.arange(len(labels)), np.maximum(labels, 0)]
        points.append(measure(population, labels, campaign.spent))
    return ArmResult(points, labels, doubt, campaign.judgements, shares)


def run_arm(
    population: Population,
    people: People,
    strategy: QueryStrategy,
    budget: int,
    options: AskingOptions,
) -> ArmResult:
    """Return how a strategy with posterior labels does, until a budget is spent.

    Args:
        population: The clips.
        people: Who answers.
        strategy: Which clips are asked next.
        budget: Most judgements.
        options: When a clip is asked once more.
    """
    options = options.model_copy(
        update={"max_judgements": min(options.max_judgements, people.most)}
    )
    campaign = Campaign(people, np.zeros(len(population), dtype=np.int64))
    counts = _count_voters(population)
    labels = counts.argmax(axis=1).astype(np.int64)
    settled = np.zeros(len(population), dtype=bool)
    points: list[Point] = []
    _ask_calibration(population, campaign, budget)
    people_model: PeopleModel | None = None
    answered = campaign.judgements > 0
    for share in ROUNDS:
        student = cross_fit(population.seen, labels, population.film, len(population.labels))
        machines = MachineVotes(student, population.voters, population.neighbours)
        state = fit_posterior(machines, campaign.votes, people.count, people_model)
        people_model = state.model.people
        goal = int(share * budget)
        sweeps = SWEEPS if goal > campaign.spent else 0
        for sweep in range(sweeps):
            number = (goal - campaign.spent) // (sweeps - sweep)
            scores = _score(population, state, labels, student, campaign, strategy, options)
            chosen = select(scores, number)
            if not len(chosen):
                break
            campaign.ask(chosen)
            answered[chosen] = True
            state = update_posterior(machines, campaign.votes, state.model, state.machine_logs)
        weights = class_weights(state.probabilities, options)
        labels = release_labels(state.probabilities, weights, labels, settled, answered)
        settled = is_settled(state.probabilities, labels, campaign.judgements, SETTLED)
        answered[:] = False
        points.append(measure(population, labels, campaign.spent))
    doubt = 1 - state.probabilities[np.arange(len(labels)), labels]
    return ArmResult(points, labels, doubt, campaign.judgements, state.probabilities)


def measure(population: Population, labels: Ints, spent: int) -> Point:
    """Return how good labels are; clips without one do not count."""
    labelled = labels != NO_LABEL
    known = labelled & (population.truth >= 0)
    truth, right = population.truth[known], (labels == population.truth)[known]
    number = len(population.labels)
    sizes = np.bincount(truth, minlength=number)
    hits = np.bincount(truth, weights=right, minlength=number)
    recalls = np.where(sizes > 0, hits / np.maximum(sizes, 1), np.nan)
    return Point(spent, float(right.mean()), recalls, int((~labelled).sum()))


def strategy_named(name: str) -> QueryStrategy:
    """Return the strategy of an arm that has a posterior."""
    return STRATEGIES[name]  # type: ignore[index]


def _score(
    population: Population,
    state: Posterior,
    labels: Ints,
    student: Floats,
    campaign: Campaign,
    strategy: QueryStrategy,
    options: AskingOptions,
) -> Floats:
    candidates = Candidates(
        labels,
        student,
        campaign.votes,
        state,
        campaign.judgements,
        np.ones(len(labels)),
        population.draws,
    )
    return strategy(candidates, options)


def _ask_calibration(population: Population, campaign: Campaign, budget: int) -> None:
    """Ask several people about a random sample, from which all that is fitted begins."""
    wish = max(CALIBRATION_CLIPS * CALIBRATION_PEOPLE, int(CALIBRATION_SHARE * budget))
    number = min(wish, budget // 10) // CALIBRATION_PEOPLE
    sample = np.sort(np.argsort(population.draws, kind="stable")[:number]).astype(np.int64)
    for _ in range(CALIBRATION_PEOPLE):
        campaign.ask(sample)


def _ask_four(population: Population, campaign: Campaign, clips: Ints) -> Ints:
    """Return the labels that four people and the adjudicator give; "none of them" gives none."""
    number = len(population.labels) + 1
    counts = np.zeros((len(clips), number))
    for _ in range(PAPER_PEOPLE):
        counts[np.arange(len(clips)), campaign.ask(clips)] += 1
    decided = is_decided(counts, PAPER_THRESHOLD)
    labels: Ints = counts.argmax(axis=1).astype(np.int64)
    labels[~decided] = campaign.adjudicate(clips[~decided])
    labels[labels == number - 1] = NO_LABEL
    return labels


def _count_voters(population: Population) -> Floats:
    number = len(population.labels)
    given = population.voters[:, :, None] == np.arange(number)
    counts: Floats = given.sum(axis=1).astype(np.float64)
    return counts
