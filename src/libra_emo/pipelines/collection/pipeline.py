"""The collection as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.collection import nodes


def create_pipeline() -> Pipeline:
    """Return the pipeline that fetches films whose licences permit it."""
    return pipeline(
        [
            node(
                nodes.collect_films,
                {
                    "films": "params:films",
                    "collection": "params:collection",
                    "seed": "params:seed",
                    "collection_folder": "collection_folder",
                    "takedowns_folder": "takedowns_folder",
                },
                ["collected_films", "collection_counts"],
                name="collect_films",
            ),
        ],
        namespace="collection",
        prefix_datasets_with_namespace=False,
        tags=["collection"],
    )
