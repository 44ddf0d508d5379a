"""The publication as a pipeline."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.collection.nodes import reread_licences
from libra_emo.pipelines.publication import nodes


def create_pipeline(max_rounds: int = 4) -> Pipeline:
    """Return the pipeline that makes a release of what a finished run wrote.

    Args:
        max_rounds: Number of rounds after round 0.
    """
    rounds = [f"round_{number}" for number in range(max_rounds + 1)]
    return pipeline(
        [
            node(
                reread_licences,
                ["remembered_collected_films", "params:collection", "params:seed"],
                "licence_readings",
                name="reread_licences",
            ),
            node(
                nodes.list_release_films,
                ["sources", "split", "licence_readings"],
                ["release_films", "held_films"],
                name="list_release_films",
            ),
            node(
                nodes.tabulate_release_votes,
                ["human_votes", "machine_votes", "annotation_store"],
                "release_votes",
                name="tabulate_release_votes",
            ),
            node(
                _by_round(nodes.tabulate_release),
                {
                    "films": "release_films",
                    "release_votes": "release_votes",
                    "candidates": "candidates",
                    "labels": "labels",
                    "bench_labels": "bench_labels",
                    "soft_labels": f"{rounds[-1]}.soft_labels",
                    "label_history": "label_history",
                    "explanations": "explanations",
                    "bench_predictions": "bench_predictions",
                    "dropped_of_bench": "bench.dropped",
                    **{f"labels_of_{name}": f"{name}.labels" for name in rounds},
                    **{f"dropped_of_{name}": f"{name}.dropped" for name in rounds},
                },
                "release_tables",
                name="tabulate_release",
            ),
            node(
                nodes.write_release,
                {
                    "release_tables": "release_tables",
                    "held_films": "held_films",
                    "certificate": "certificate",
                    "human_votes": "human_votes",
                    "taxonomy": "taxonomy",
                    "publication": "params:publication",
                    "clip_shards": "clip_shards",
                    "clips_folder": "clips_folder",
                    "llm_keys": "llm_keys",
                    "film_logins": "film_logins",
                    "releases_folder": "releases_folder",
                    "takedowns_folder": "takedowns_folder",
                },
                "release_contents",
                name="write_release",
            ),
        ],
        namespace="publication",
        prefix_datasets_with_namespace=False,
        tags=["publication"],
    )


def _by_round(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a node's function that takes the tables of all rounds by name."""

    @wraps(function)
    def run(**inputs: Any) -> Any:
        labels = {name: inputs.pop(name) for name in list(inputs) if name.startswith("labels_of_")}
        dropped = {
            name: inputs.pop(name) for name in list(inputs) if name.startswith("dropped_of_")
        }
        return function(rounds=_in_order(labels), dropped=_named(dropped), **inputs)

    return run


def _in_order(labels: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, ...]:
    numbers = sorted(labels, key=lambda name: int(name.rpartition("_")[2]))
    return tuple(labels[name] for name in numbers)


def _named(dropped: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name.removeprefix("dropped_of_"): table for name, table in dropped.items()}
