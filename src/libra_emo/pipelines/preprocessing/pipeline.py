"""The preprocessing as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.preprocessing import nodes


def create_pipeline() -> Pipeline:
    """Return the pipeline that finds the films, cuts them into clips, and measures these."""
    return pipeline(
        [
            node(
                nodes.prepare_films,
                {
                    "films": "params:films",
                    "seed": "params:seed",
                    "executor": "params:executor",
                    "sample": "params:sample",
                    "taxonomy": "taxonomy",
                },
                ["sample_truth", "film_list"],
                name="prepare_films",
            ),
            node(
                nodes.list_sources,
                {
                    "film_list": "film_list",
                    "preprocessing": "params:preprocessing",
                    "film_copies": "film_copies",
                },
                "sources",
                name="list_sources",
            ),
            node(
                nodes.cut_scenes,
                {
                    "sources": "sources",
                    "preprocessing": "params:preprocessing",
                    "executor": "params:executor",
                    "clips_folder": "clips_folder",
                    "shards_folder": "shards_folder",
                    "finished_folder": "finished_folder",
                },
                ["clip_ledger", "candidates", "clip_shards"],
                name="cut_scenes",
            ),
            node(
                nodes.measure_features,
                {
                    "candidates": "candidates",
                    "clip_shards": "clip_shards",
                    "preprocessing": "params:preprocessing",
                    "executor": "params:executor",
                    "finished_folder": "finished_folder",
                },
                "features",
                name="measure_features",
            ),
            node(
                nodes.summarise_films,
                ["sources", "clip_ledger", "candidates"],
                "footage",
                name="summarise_films",
            ),
            node(nodes.draw_footage, "footage", "footage_plot", name="draw_footage"),
        ],
        tags=["preprocessing"],
    )
