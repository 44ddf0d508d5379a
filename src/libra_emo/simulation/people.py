"""Simulated people: the answers of a world's people, and of fresh panels of them.

A right answer follows the Rasch model, as the project's simulated annotators do; an error is in
part the clip's own look-alike, which makes people err together, else mostly a neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from libra_emo.common.seeding import generator
from libra_emo.labelling.people import prior_errors
from libra_emo.labelling.votes import Floats, Ints
from libra_emo.simulation.population import Population


class Answers(NamedTuple):
    """Answers in the order in which they are given: an item a clip, or a clip and a person.

    Attributes:
        person: Position of the person.
        answer: Position of the answer; after the labels comes "none of them"; -1 is no answer.
    """

    person: Ints
    answer: Ints


class People(Protocol):
    """Where answers come from: simulated people, or votes that are replayed."""

    @property
    def count(self) -> int:
        """How many people there are."""
        ...

    @property
    def most(self) -> int:
        """How many people answer for a clip at most."""
        ...

    def answer(self, clips: Ints, before: Ints) -> Answers:
        """Return the next answer for each clip, of which some were given before."""
        ...

    def adjudicate(self, clips: Ints) -> Ints:
        """Return the adjudicator's answer for each clip."""
        ...


@dataclass(frozen=True)
class SimulatedPeople:
    """People who answer in a fixed order for each clip, whoever asks: arms see the same answers.

    Attributes:
        population: The clips.
        persons: The people of each clip in their order.
        answers: Their answers.
        adjudicated: The adjudicator's answer for each clip.
    """

    population: Population
    persons: Ints
    answers: Ints
    adjudicated: Ints

    @property
    def count(self) -> int:
        """How many people there are, the adjudicator among them."""
        return self.population.world.people + 1

    @property
    def most(self) -> int:
        """How many people answer for a clip at most."""
        return int(self.answers.shape[1])

    def answer(self, clips: Ints, before: Ints) -> Answers:
        """Return the next answer for each clip; see `People`."""
        return Answers(self.persons[clips, before], self.answers[clips, before])

    def adjudicate(self, clips: Ints) -> Ints:
        """Return the adjudicator's answer for each clip."""
        return self.adjudicated[clips]


def draw_people(population: Population, seed: int, most: int = 12) -> SimulatedPeople:
    """Return people with their answers for all clips.

    Args:
        population: The clips.
        seed: Seed of the draw.
        most: How many people may answer for one clip.
    """
    draw = generator(seed, "people", population.world.name, len(population))
    persons, answers = draw_answers(population, most, draw)
    return SimulatedPeople(population, persons, answers, _adjudicate(population, draw))


def draw_answers(
    population: Population, people_per_clip: int, draw: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return people and answers of a fresh panel for each clip: arrays (clips, people)."""
    world, clips = population.world, len(population)
    order = np.argsort(draw.random((clips, world.people), dtype=np.float32), axis=1)
    persons = order[:, :people_per_clip].astype(np.int64)
    spread = world.ability_spread
    abilities = world.ability + np.linspace(-spread, spread, world.people)
    return persons, _answers(population, abilities[persons], draw)


def draw_panel(
    population: Population, people: int, threshold: int, draw: np.random.Generator
) -> tuple[Floats, Floats, Ints]:
    """Return what both halves of a fresh panel answer, and the adjudicator, for each clip.

    Returns:
        Counts of the answers of the first half and of the second, arrays (clips, answers), and
        the adjudicator's answers, which count where the panel is undecided.
    """
    _, answers = draw_answers(population, people, draw)
    number = len(population.labels) + 1
    half = people // 2
    first, second = _count(answers[:, :half], number), _count(answers[:, half:], number)
    return first, second, _adjudicate(population, draw)


def _adjudicate(population: Population, draw: np.random.Generator) -> Ints:
    ability = np.full((len(population), 1), population.world.adjudicator)
    return _answers(population, ability, draw)[:, 0]


def _answers(population: Population, abilities: Floats, draw: np.random.Generator) -> Ints:
    """Return an answer for each clip and ability: arrays (clips, people)."""
    world = population.world
    log_odds = abilities - world.difficulty * population.difficulty[:, None]
    right = draw.random(abilities.shape) < 1 / (1 + np.exp(-log_odds))
    ends = np.cumsum(prior_errors(population.neighbours), axis=1)[population.truth]
    answers = np.empty(abilities.shape, dtype=np.int64)
    for person in range(abilities.shape[1]):
        chance = draw.random((len(population), 1))
        errors = np.minimum((chance > ends).sum(axis=1), ends.shape[1] - 1)
        alike = draw.random(len(population)) < world.people_alike
        errors = np.where(alike, population.look_alike, errors)
        answers[:, person] = np.where(right[:, person], population.truth, errors)
    return answers


def _count(answers: Ints, number: int) -> Floats:
    places = np.arange(len(answers))[:, None] * number + answers
    counts = np.bincount(places.ravel(), minlength=len(answers) * number)
    return counts.reshape(len(answers), number).astype(np.float64)
