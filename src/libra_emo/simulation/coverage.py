"""Coverage: how often a certificate's interval holds what a fresh panel would really change.

Each simulated dataset is labelled anew, in rounds that ask people about the clips whose label the
student doubts most; then it is audited and certified. What is to be covered is known, since fresh
panels are drawn for all clips, several times, and averaged.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from libra_emo.common.seeding import generator, uniforms
from libra_emo.labelling.audit import inclusion_probabilities, strata
from libra_emo.labelling.certificate import decide_panel, is_decided, panel_instability
from libra_emo.labelling.estimation import AuditedLabels, ShareEstimate, estimate_share
from libra_emo.labelling.spending import alpha_of_look
from libra_emo.labelling.votes import Bools, Floats, Ints
from libra_emo.simulation.people import draw_panel
from libra_emo.simulation.population import Population, draw_population
from libra_emo.simulation.student import cross_fit
from libra_emo.simulation.worlds import World
from libra_emo.taxonomy import Taxonomy

ALPHA, LOOKS = 0.05, 5
PANEL_PEOPLE, PANEL_THRESHOLD = 4, 2
PANELS = 10  # fresh panels that are averaged
ASKED_SHARE = 0.08  # of all clips, in each round


class Design(NamedTuple):
    """How datasets are drawn and audited.

    Attributes:
        clips: Clips of a dataset.
        films: Films of a dataset.
        audited: Clips that are audited, on average.
        min_clips_per_stratum: Clips of each stratum at least, on average.
    """

    clips: int = 1500
    films: int = 20
    audited: float = 240
    min_clips_per_stratum: float = 4


class Covered(NamedTuple):
    """Whether an interval holds, and how wide it is.

    Attributes:
        overall: Whether the overall interval holds the share that fresh panels change.
        by_label: Whether the intervals of all classes do, at their joint level.
        width: Width of the overall interval.
        share: The share that fresh panels change.
        estimate: The estimate of it.
    """

    overall: bool
    by_label: bool
    width: float
    share: float
    estimate: float


class Released(NamedTuple):
    """Labels that are released, by position.

    Attributes:
        labels: The labels.
        by_people: Whether people decided them.
        doubt: The student's probability of another label.
    """

    labels: Ints
    by_people: Bools
    doubt: Floats


def simulate_coverage(
    world: World,
    taxonomy: Taxonomy,
    design: Design,
    seed: int,
    looks: tuple[int, ...] = (1, LOOKS),
    *,
    variance_floor: bool = True,
) -> dict[int, Covered]:
    """Return for one simulated dataset whether the intervals of some looks hold.

    Args:
        world: The world.
        taxonomy: Labels and their neighbours.
        design: Sizes.
        seed: Seed of the dataset.
        looks: Numbers of the looks, from 1, ascending; a round of labelling lies between two.
        variance_floor: See `libra_emo.labelling.estimation.estimate_share`.
    """
    population = draw_population(world, taxonomy, design.clips, seed, films=design.films)
    draw = generator(seed, "coverage", world.name)
    released, found = _first_labels(population, draw), {}
    for look in range(1, max(looks) + 1):
        if look in looks:
            found[look] = _look(population, released, design, look, seed, variance_floor)
        released = _next_labels(population, released, draw)
    return found


def _look(
    population: Population,
    released: Released,
    design: Design,
    look: int,
    seed: int,
    variance_floor: bool,
) -> Covered:
    draw = generator(seed, "panel", look)
    expected = np.mean(
        [_panel_changes(population, released.labels, draw)[0] for _ in range(PANELS)], axis=0
    )
    audited = _audit(population, released, design, look, seed, draw)
    alpha = alpha_of_look(ALPHA, look, LOOKS)
    overall = estimate_share(audited, alpha, variance_floor=variance_floor)
    share = float(expected.mean())
    present = np.unique(released.labels)
    joint = [
        _holds(
            estimate_share(
                audited.where(released.labels == label),
                alpha / len(present),
                variance_floor=variance_floor,
            ),
            float(expected[released.labels == label].mean()),
        )
        for label in present
    ]
    width = overall.high - overall.low
    return Covered(_holds(overall, share), all(joint), width, share, overall.estimate)


def _audit(
    population: Population,
    released: Released,
    design: Design,
    look: int,
    seed: int,
    draw: np.random.Generator,
) -> AuditedLabels:
    frame = pd.DataFrame({"label": released.labels, "origin": released.by_people})
    stratum = strata(frame)
    probability = inclusion_probabilities(
        stratum, released.doubt, design.audited, design.min_clips_per_stratum
    )
    ids = [f"clip_{number}" for number in range(len(population))]
    drawn = uniforms(ids, seed, "audit", look) < probability
    changed, halves = _panel_changes(population, released.labels, draw)
    instability = panel_instability(halves[0][drawn], halves[1][drawn], 1 / probability[drawn])
    return AuditedLabels(
        stratum, population.film, probability, drawn, changed, released.doubt, instability
    )


def _panel_changes(
    population: Population, labels: Ints, draw: np.random.Generator
) -> tuple[Floats, tuple[Floats, Floats]]:
    """Return 1 where a fresh panel gives another label, and the halves of its answers."""
    first, second, adjudicated = draw_panel(population, PANEL_PEOPLE, PANEL_THRESHOLD, draw)
    answers = decide_panel(first + second, PANEL_THRESHOLD, adjudicated)
    return (answers != labels).astype(np.float64), (first, second)


def _first_labels(population: Population, draw: np.random.Generator) -> Released:
    """Return the labels of the voters, and people's where the voters are undecided."""
    number = len(population.labels)
    counts = np.asarray(
        (population.voters[:, :, None] == np.arange(number)).sum(axis=1), dtype=np.float64
    )
    undecided = ~is_decided(counts, 2)
    labels = np.where(undecided, _people_labels(population, draw), counts.argmax(axis=1))
    return _released(population, labels, undecided)


def _next_labels(population: Population, released: Released, draw: np.random.Generator) -> Released:
    """Return the labels after people answered for those that the student doubts most."""
    count = int(ASKED_SHARE * len(population))
    asked = np.argsort(-np.where(released.by_people, -1.0, released.doubt), kind="stable")[:count]
    labels, by_people = released.labels.copy(), released.by_people.copy()
    labels[asked] = _people_labels(population, draw)[asked]
    by_people[asked] = True
    return _released(population, labels, by_people)


def _people_labels(population: Population, draw: np.random.Generator) -> Ints:
    """Return the labels of a panel; "none of them" becomes what the first voter says."""
    first, second, adjudicated = draw_panel(population, PANEL_PEOPLE, PANEL_THRESHOLD, draw)
    labels = decide_panel(first + second, PANEL_THRESHOLD, adjudicated)
    none = labels == len(population.labels)
    return np.where(none, population.voters[:, 0], labels)


def _released(population: Population, labels: Ints, by_people: Bools) -> Released:
    labels = labels.astype(np.int64)
    shares = cross_fit(population.seen, labels, population.film, len(population.labels))
    doubt = 1 - shares[np.arange(len(labels)), labels]
    return Released(labels, by_people, doubt)


def _holds(found: ShareEstimate, share: float) -> bool:
    return found.low - 1e-9 <= share <= found.high + 1e-9
