"""The sweeps as a pipeline: two nodes for each sweep, with its name as tag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from kedro.pipeline import Node, Pipeline, node, pipeline

from libra_emo.evaluation.sweeps.options import SweepOptions
from libra_emo.evaluation.sweeps.settings import SWEEPS
from libra_emo.pipelines.sweep import nodes
from libra_emo.students import TrainingOptions

INPUTS = (
    *("features", "labels", "bench_labels", "pool", "explanations", "leaks", "clip_shards"),
    *("training_folder", "taxonomy", "sweeps_folder"),
)
PARAMETERS = ("student", "training", "seed", "sweep", "person_meant")


def create_pipeline(max_rounds: int = 4) -> Pipeline:
    """Return the pipeline of all sweeps; `--tags data_share` runs one of them.

    Args:
        max_rounds: Number of rounds after round 0.
    """
    parts = [part for name in SWEEPS for part in _sweep(name, max_rounds)]
    return pipeline(parts, namespace="sweep", prefix_datasets_with_namespace=False, tags=["sweep"])


def _sweep(name: str, max_rounds: int) -> list[Node]:
    rounds = {f"round_{number}": f"round_{number}.labels" for number in range(max_rounds + 1)}
    inputs = {each: each for each in INPUTS} | {each: f"params:{each}" for each in PARAMETERS}
    return [
        node(
            _bind(_run, name),
            inputs | rounds,
            f"sweep_{name}_scores",
            name=f"sweep_{name}",
            tags=[name],
        ),
        node(
            _bind(nodes.draw_sweep, name),
            f"sweep_{name}_scores",
            f"sweep_{name}_plot",
            name=f"draw_sweep_{name}",
            tags=[name],
        ),
    ]


def _run(name: str, **inputs: Any) -> pd.DataFrame:
    """Run a sweep, with the rounds in their order."""
    numbers = sorted(int(key.removeprefix("round_")) for key in inputs if key.startswith("round_"))
    rounds = tuple(inputs.pop(f"round_{number}") for number in numbers)
    # Kedro makes options of parameters where it sees their types, which it does not here
    return nodes.run_sweep(
        name,
        rounds=rounds,
        sweep=SweepOptions.model_validate(inputs.pop("sweep")),
        training=TrainingOptions.model_validate(inputs.pop("training")),
        **inputs,
    )


def _bind(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a function of one sweep, with a name as Kedro shows it."""

    def run(*args: Any, **inputs: Any) -> Any:
        return function(name, *args, **inputs)

    run.__name__ = run.__qualname__ = function.__name__.strip("_")
    return run
