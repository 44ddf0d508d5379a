"""The pipelines by name; `__default__` is all of them in their order."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from libra_emo.configuration import read_max_rounds
from libra_emo.pipelines import (
    active_learning,
    bench,
    evaluation,
    explanation,
    preprocessing,
    training,
    voting,
)


def register_pipelines() -> dict[str, Pipeline]:
    """Return every pipeline; rounds are as many as the parameter `max_rounds`."""
    max_rounds = read_max_rounds()
    pipelines = {
        "preprocessing": preprocessing.create_pipeline(),
        "bench": bench.create_pipeline(),
        "voting": voting.create_pipeline(),
        "active_learning": active_learning.create_pipeline(max_rounds),
        "explanation": explanation.create_pipeline(),
        "training": training.create_pipeline(max_rounds),
        "evaluation": evaluation.create_pipeline(max_rounds),
    }
    return {**pipelines, "__default__": sum(pipelines.values(), start=Pipeline([]))}
