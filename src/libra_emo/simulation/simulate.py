"""Run the arms on simulated populations, and say how they compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from libra_emo.simulation.arms import run_arm, run_paper, strategy_named
from libra_emo.simulation.comparison import REFERENCE, Run, summarise, tabulate
from libra_emo.simulation.coverage import LOOKS, Design, simulate_coverage
from libra_emo.simulation.options import SimulationOptions
from libra_emo.simulation.people import People, draw_people
from libra_emo.simulation.population import Population, draw_population
from libra_emo.simulation.worlds import WORLDS, World
from libra_emo.taxonomy import Taxonomy

MAIN_ARM = "expected_gain"
MOST_CLIPS_OF_A_DATASET = 1500

Report = Callable[[str], None]


class Result(NamedTuple):
    """What a simulation found.

    Attributes:
        points: A row an arm, seed and point; see `libra_emo.simulation.comparison.tabulate`.
        summary: What is written as JSON.
    """

    points: pd.DataFrame
    summary: dict[str, Any]


def simulate(options: SimulationOptions, taxonomy: Taxonomy, report: Report) -> Result:
    """Return how the arms do on a world, and how often the certificate covers.

    Args:
        options: What is simulated.
        taxonomy: Labels and their neighbours.
        report: Called with a line now and then.
    """
    world, runs = WORLDS[options.world], []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        population = draw_population(world, taxonomy, options.clips, seed)
        runs += run_arms(population, draw_people(population, seed), options, seed, report)
    coverage = measure_coverage(world, taxonomy, options.coverage_datasets, options.first_seed)
    return Result(
        tabulate(runs),
        summarise_simulation(runs, taxonomy.labels, options)
        | {"coverage": coverage["overall"], "certificate": coverage},
    )


def run_arms(
    population: Population,
    people: People,
    options: SimulationOptions,
    seed: int,
    report: Report,
) -> list[Run]:
    """Return the runs of the arms on one population, the reference first."""
    reference = run_paper(population, people).points
    budget = reference[-1].judgements
    runs = [Run(REFERENCE, seed, reference)]
    report(f"seed {seed}: {_describe(runs[-1])}")
    for arm in options.arms:
        if arm != REFERENCE:
            result = run_arm(population, people, strategy_named(arm), budget, options.asking)
            runs.append(Run(arm, seed, result.points))
            report(f"seed {seed}: {_describe(runs[-1])}")
    return runs


def measure_coverage(
    world: World, taxonomy: Taxonomy, datasets: int, first_seed: int
) -> dict[str, Any]:
    """Return how often the intervals of a certificate hold, at the first and at the last look.

    Returns:
        datasets, films, and for `look_1` and `look_5` the shares overall and by_label (all
        classes at once); overall, the smaller share of both looks; null without datasets.
    """
    if not datasets:
        return {"datasets": 0, "overall": None, "by_label": None}
    design = Design(clips=MOST_CLIPS_OF_A_DATASET)
    found = [
        simulate_coverage(world, taxonomy, design, seed)
        for seed in range(first_seed, first_seed + datasets)
    ]
    looks = {
        f"look_{look}": {
            "overall": sum(one[look].overall for one in found) / datasets,
            "by_label": sum(one[look].by_label for one in found) / datasets,
            "width": round(sum(one[look].width for one in found) / datasets, 4),
        }
        for look in (1, LOOKS)
    }
    lowest = {name: min(look[name] for look in looks.values()) for name in ("overall", "by_label")}
    return {"datasets": datasets, "films": design.films, **lowest, **looks}


def summarise_simulation(
    runs: list[Run], labels: tuple[str, ...], options: SimulationOptions
) -> dict[str, Any]:
    """Return what the runs say, as it is written; see `summarise` for the arms."""
    arms = list(dict.fromkeys([REFERENCE, *options.arms]))
    by_arm = summarise(runs, labels, arms)
    main = by_arm.get(MAIN_ARM, {})
    return {
        "world": options.world,
        "clips": options.clips,
        "seeds": options.seeds,
        "first_seed": options.first_seed,
        "share_of_judgements": main.get("share_of_judgements"),
        "classes_worse": main.get("classes_worse"),
        "arms": by_arm,
    }


def _describe(run: Run) -> str:
    end = run.points[-1]
    return (
        f"{run.arm}: {end.judgements} judgements, {100 * end.accuracy:.1f} % of the labels right, "
        f"mean recall {100 * end.macro_recall:.1f} %"
    )
