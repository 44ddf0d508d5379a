"""Replay on real votes: tables such as FER+'s, ten votes an item, revealed one at a time.

The people are real and the truth is the answer that leads alone among all ten votes; the machines
are not, since there are no pictures: student and voters see the item's own votes through the noise
of the base world (or, without machines, nothing). Each item's votes come in a random order. The
first five are for the arms, or the first nine for the paper's rule, which may ask four people
twice; the tenth is the adjudicator's. The panel of the audit is the sixth to the ninth vote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from libra_emo.common.seeding import generator, uniforms
from libra_emo.errors import LibraEmoError
from libra_emo.labelling.audit import inclusion_probabilities, strata
from libra_emo.labelling.certificate import decide_panel, panel_instability
from libra_emo.labelling.estimation import AuditedLabels, estimate_share
from libra_emo.labelling.people import neighbour_shares
from libra_emo.labelling.spending import alpha_of_look
from libra_emo.labelling.votes import Floats, Ints
from libra_emo.simulation.arms import ArmResult, run_arm, run_paper, strategy_named
from libra_emo.simulation.comparison import REFERENCE, Run, tabulate
from libra_emo.simulation.coverage import ALPHA, LOOKS, PANEL_THRESHOLD
from libra_emo.simulation.options import SimulationOptions
from libra_emo.simulation.people import Answers
from libra_emo.simulation.population import Population
from libra_emo.simulation.simulate import MAIN_ARM, Result, summarise_simulation
from libra_emo.simulation.worlds import WORLDS, World

VOTES, FOR_ARMS, FOR_PAPER = 10, 5, 9
NO_EMOTION = ("unknown", "NF")
AUDITED, LEAST_OF_STRATUM = 600, 4


class ReplayError(LibraEmoError):
    """A table of votes cannot be replayed."""


@dataclass(frozen=True)
class ReplayedPeople:
    """Real votes in a random order for each item; the n-th vote is the n-th person's.

    Attributes:
        answers: Answer of each item's votes: an array (items, votes).
    """

    answers: Ints

    @property
    def count(self) -> int:
        """How many people there are."""
        return int(self.answers.shape[1])

    @property
    def most(self) -> int:
        """How many people answer for an item at most; the last one adjudicates."""
        return FOR_PAPER

    def answer(self, clips: Ints, before: Ints) -> Answers:
        """Return the next answer for each item; see `libra_emo.simulation.people.People`."""
        return Answers(before.copy(), self.answers[clips, before])

    def adjudicate(self, clips: Ints) -> Ints:
        """Return the last vote of each item."""
        last: Ints = self.answers[clips, -1]
        return last


def read_counts(path: Path) -> tuple[tuple[str, ...], Ints]:
    """Return the labels and how often each answer was given, "none of them" last.

    Args:
        path: CSV of FER+'s form: two columns that name the item, then one a label with the number
            of votes, `unknown` and `NF` (no face) among them. Items without ten votes are left
            out.

    Raises:
        ReplayError: If it has another form.
    """
    table = pd.read_csv(path).iloc[:, 2:]
    labels = tuple(name for name in table.columns if name not in NO_EMOTION)
    kinds = [pd.api.types.is_integer_dtype(kind) for kind in table.dtypes]
    if len(labels) < 2 or not all(kinds):
        raise ReplayError(
            f"{path.name}: after two columns that name the item, numbers of votes are expected, "
            "one column a label"
        )
    none = table[[name for name in NO_EMOTION if name in table]].sum(axis=1)
    counts = np.c_[table[list(labels)].to_numpy(), none.to_numpy()].astype(np.int64)
    whole = counts.sum(axis=1) == VOTES
    if not whole.any():
        raise ReplayError(f"{path.name}: no item has {VOTES} votes")
    return labels, counts[whole]


def shuffle_votes(counts: Ints, seed: int) -> Ints:
    """Return the votes of each item in a random order: an array (items, votes)."""
    item, answer = np.nonzero(counts)
    times = counts[item, answer]
    rows = np.repeat(answer, times).reshape(len(counts), VOTES)
    order = np.argsort(generator(seed, "replay").random(rows.shape), axis=1)
    shuffled: Ints = np.take_along_axis(rows, order, axis=1)
    return shuffled


def replay_population(
    labels: tuple[str, ...], counts: Ints, world: World, seed: int, *, machines: bool
) -> Population:
    """Return the items as clips: truth by the leading answer, machines by the item's votes.

    Args:
        labels: The labels.
        counts: How often each answer was given, "none of them" last.
        world: World whose noise the machines have.
        seed: Seed of the noise.
        machines: Whether student and voters see anything.
    """
    draw = generator(seed, "replayed machines", machines)
    items, number = len(counts), len(labels)
    leading = counts.max(axis=1)
    alone = (counts == leading[:, None]).sum(axis=1) == 1
    truth = np.where(alone, counts.argmax(axis=1), -1)
    truth[truth == number] = -1
    shares = counts[:, :number] / np.maximum(counts[:, :number].sum(axis=1, keepdims=True), 1)
    noise = draw.normal(size=shares.shape)
    seen = world.student_signal * shares + noise if machines else np.zeros_like(shares)
    common = draw.normal(size=shares.shape)
    alike = world.voters_alike
    votes = [
        (strength * shares + np.sqrt(alike) * common
         + np.sqrt(1 - alike) * draw.normal(size=shares.shape)).argmax(axis=1)
        for strength in world.voter_signals
    ]  # fmt: skip
    voters = np.stack(votes, axis=1) if machines else np.full((items, len(votes)), -1)
    return Population(
        world, labels, neighbour_shares([[] for _ in labels]), np.arange(items), truth,
        np.zeros(items), truth, seen, voters.astype(np.int64), draw.random(items),
    )  # fmt: skip


def replay_votes(
    path: Path, options: SimulationOptions, report: Callable[[str], None]
) -> tuple[Result, tuple[str, ...]]:
    """Return how the arms do on real votes, with simulated machines and without, and the labels.

    Args:
        path: Table of votes; see `read_counts`.
        options: Arms and seeds; world and clips are not used.
        report: Called with a line now and then.

    Raises:
        ReplayError: If the table has another form.
    """
    labels, counts = read_counts(path)
    options = options.model_copy(
        update={
            "clips": len(counts),
            "asking": options.asking.model_copy(update={"max_judgements": FOR_ARMS}),
        }
    )
    whole: list[Run] = []
    alone: list[Run] = []
    covered: list[float] = []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        people = ReplayedPeople(shuffle_votes(counts, seed))
        for machines, runs in ((True, whole), (False, alone)):
            population = replay_population(labels, counts, WORLDS["base"], seed, machines=machines)
            results = _run(population, people, options, machines)
            runs.extend(Run(arm, seed, result.points) for arm, result in results.items())
            if machines and MAIN_ARM in results:
                covered.append(_cover(results[MAIN_ARM], people, options, seed))
        report(f"seed {seed}: replayed {len(counts)} items with machines and without")
    summary = summarise_simulation(whole, labels, options) | {"world": f"replay of {path.name}"}
    summary["without_machines"] = summarise_simulation(alone, labels, options)["arms"]
    share = float(np.mean(covered)) if covered else None
    datasets = options.coverage_datasets * len(covered)
    summary |= {
        "coverage": share,
        "certificate": {"datasets": datasets, "overall": share, "by_label": None},
    }
    return Result(tabulate(whole), summary), labels


def _run(
    population: Population, people: ReplayedPeople, options: SimulationOptions, machines: bool
) -> dict[str, ArmResult]:
    """Return by arm how it does; without machines the paper's rule asks four about each item."""
    results = {REFERENCE: run_paper(population, people, rounds=2 if machines else 0)}
    budget = results[REFERENCE].points[-1].judgements
    for arm in options.arms:
        if arm != REFERENCE:
            results[arm] = run_arm(population, people, strategy_named(arm), budget, options.asking)
    return results


def _cover(
    result: ArmResult, people: ReplayedPeople, options: SimulationOptions, seed: int
) -> float:
    """Return how often the interval holds the share that the panel of real votes changes."""
    panel = people.answers[:, FOR_ARMS:FOR_PAPER]
    number = int(people.answers.max()) + 1
    halves = [_count(panel[:, :2], number), _count(panel[:, 2:], number)]
    answers = decide_panel(halves[0] + halves[1], PANEL_THRESHOLD, people.answers[:, -1])
    changed = (answers != result.labels).astype(np.float64)
    frame: dict[str, Any] = {"label": result.labels, "origin": result.judgements > 0}
    stratum = strata(pd.DataFrame(frame))
    chance = inclusion_probabilities(stratum, result.doubt, AUDITED, LEAST_OF_STRATUM)
    ids = [f"item_{item}" for item in range(len(changed))]
    alpha, held = alpha_of_look(ALPHA, 1, LOOKS), 0
    for audit in range(options.coverage_datasets):
        drawn = uniforms(ids, seed, "audit", audit) < chance
        unstable = panel_instability(halves[0][drawn], halves[1][drawn], 1 / chance[drawn])
        film = np.arange(len(changed), dtype=np.int64)
        audited = AuditedLabels(stratum, film, chance, drawn, changed, result.doubt, unstable)
        found = estimate_share(audited, alpha)
        held += found.low <= changed.mean() <= found.high
    return held / max(options.coverage_datasets, 1)


def _count(answers: Ints, number: int) -> Floats:
    counts: Floats = (answers[:, :, None] == np.arange(number)).sum(axis=1).astype(np.float64)
    return counts
