"""The pipeline of the preprocessing."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.preprocessing import nodes


def create_pipeline() -> Pipeline:
    """Return the pipeline that cuts films into clips and measures their features.

    Its nodes follow section 2.1 of the paper: films are collected, cut into scenes, and kept as
    clips if the scene has a suitable length, a subtitle, and a face in almost every frame. The
    last nodes describe the clips by features, and the films by tables.
    """
    options = {"preprocessing": "params:preprocessing", "executor": "params:executor"}
    return pipeline(
        [
            # collect the films; the sample is drawn where there are none
            node(
                nodes.prepare_films,
                {
                    "films": "params:films",
                    "seed": "params:seed",
                    "executor": "params:executor",
                    "sample": "params:sample",
                    "taxonomy": "taxonomy",
                    "preprocessing": "params:preprocessing",
                    "finished_folder": "finished_folder",
                    "film_logins": "film_logins",
                    "takedowns_folder": "takedowns_folder",
                },
                ["sample_truth", "film_list"],
                name="prepare_films",
            ),
            # read their metadata, technical data and subtitles
            node(
                nodes.list_sources,
                {
                    "film_list": "film_list",
                    "preprocessing": "params:preprocessing",
                    "film_copies": "film_copies",
                    "finished_folder": "finished_folder",
                    "executor": "params:executor",
                    "takedowns_folder": "takedowns_folder",
                },
                "sources",
                name="list_sources",
            ),
            # detect scenes, match subtitles, count faces, and cut the scenes that are kept
            node(
                nodes.cut_scenes,
                {
                    "sources": "sources",
                    "clips_folder": "clips_folder",
                    "shards_folder": "shards_folder",
                    "finished_folder": "finished_folder",
                    **options,
                },
                ["clip_ledger", "candidates", "clip_shards"],
                name="cut_scenes",
            ),
            # measure the words, the face and the voice of each clip
            node(
                nodes.measure_features,
                {
                    "candidates": "candidates",
                    "clip_shards": "clip_shards",
                    "finished_folder": "finished_folder",
                    **options,
                },
                "features",
                name="measure_features",
            ),
            # report hours and clips
            node(
                nodes.summarise_films,
                ["sources", "clip_ledger", "candidates"],
                "footage",
                name="summarise_films",
            ),
            node(nodes.draw_footage, "footage", "footage_plot", name="draw_footage"),
        ],
        namespace="preprocessing",
        prefix_datasets_with_namespace=False,
        tags=["preprocessing"],
    )
