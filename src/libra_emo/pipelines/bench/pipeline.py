"""The bench as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from libra_emo.pipelines.annotators import ANNOTATOR_INPUTS
from libra_emo.pipelines.bench import nodes, validation
from libra_emo.pipelines.bench.membership import draw_split


def create_pipeline() -> Pipeline:
    """Return the pipeline that draws the bench, collects its labels, and reports on it.

    Its votes and dropped clips are called `bench.human_votes` and `bench.dropped`, as those of a
    round are.
    """
    return pipeline(
        [
            node(
                draw_split,
                [
                    *("candidates", "sources", "remembered_split", "remembered_bench_clips"),
                    *("params:bench", "params:seed"),
                ],
                ["split", "bench_clips"],
                name="draw_split",
            ),
            node(
                nodes.split_candidates,
                ["candidates", "sources", "split", "bench_clips"],
                ["bench_sample", "films_of_pool", "rest_of_bench"],
                name="split_candidates",
            ),
            node(
                validation.set_validation_aside,
                ["films_of_pool", "rest_of_bench", "sources", "params:bench", "params:seed"],
                ["validation_sample", "pool", "withheld"],
                name="set_validation_aside",
            ),
            node(
                validation.find_held_out_leaks,
                ["bench_sample", "validation_sample", "pool", "sources", "clip_shards"],
                "leaks",
                name="find_leaks",
            ),
            node(
                nodes.collect_bench_votes,
                {
                    **ANNOTATOR_INPUTS,
                    "bench_sample": "bench_sample",
                    "validation_sample": "validation_sample",
                    "bench": "params:bench",
                },
                ["bench.human_votes", "validation.human_votes"],
                name="collect_bench_votes",
            ),
            node(
                nodes.settle_bench,
                {
                    "bench_sample": "bench_sample",
                    "human_votes": "bench.human_votes",
                    "annotators": "params:annotators",
                    "taxonomy": "taxonomy",
                    "bench": "params:bench",
                },
                ["bench_labels", "bench.dropped"],
                name="settle_bench",
            ),
            node(
                validation.settle_validation,
                {
                    "validation_sample": "validation_sample",
                    "human_votes": "validation.human_votes",
                    "annotators": "params:annotators",
                    "taxonomy": "taxonomy",
                    "bench": "params:bench",
                },
                ["validation_labels", "validation.dropped"],
                name="settle_validation",
            ),
            node(
                nodes.report_bench,
                {
                    "bench_sample": "bench_sample",
                    "pool": "pool",
                    "withheld": "withheld",
                    "human_votes": "bench.human_votes",
                    "bench_labels": "bench_labels",
                    "dropped": "bench.dropped",
                    "validation_sample": "validation_sample",
                    "validation_labels": "validation_labels",
                    "annotators": "params:annotators",
                    "taxonomy": "taxonomy",
                    "bench": "params:bench",
                },
                "bench_report",
                name="report_bench",
            ),
        ],
        namespace="bench",
        prefix_datasets_with_namespace=False,
        tags=["bench"],
    )
