"""The vote as a pipeline; every node carries the name of the DVC stage that runs it as a tag."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline, node, pipeline

from libra_emo.pipelines.annotators import ANNOTATOR_INPUTS
from libra_emo.pipelines.voting import nodes, report_card


def create_pipeline() -> Pipeline:
    """Return the pipeline that labels each clip for round 0, by machine or else by people."""
    return pipeline(
        [
            node(
                nodes.cast_machine_votes,
                {
                    "features": "features",
                    "bench_sample": "bench_sample",
                    "pool": "pool",
                    "clip_shards": "clip_shards",
                    "answers": "answers",
                    "annotate_prompt": "annotate_prompt",
                    "prices": "prices",
                    "llm_keys": "llm_keys",
                    "taxonomy": "taxonomy",
                    "voting": "params:voting",
                    "seed": "params:seed",
                    "person_meant": "params:person_meant",
                },
                ["machine_votes", "reply_rules"],
                name="cast_machine_votes",
                tags=["voting"],
            ),
            node(
                nodes.label_by_majority,
                ["machine_votes", "pool", "taxonomy", "params:voting"],
                ["majority", "round_0.queue"],
                name="label_by_majority",
                tags=["voting"],
            ),
            node(
                nodes.collect_round_0_votes,
                {
                    **ANNOTATOR_INPUTS,
                    "queue": "round_0.queue",
                    "machine_votes": "machine_votes",
                    "voting": "params:voting",
                    "active_learning": "params:active_learning",
                },
                "round_0.human_votes",
                name="collect_round_0_votes",
                tags=["ask_round_0"],
            ),
            node(
                nodes.merge_round_0,
                {
                    "majority": "majority",
                    "queue": "round_0.queue",
                    "human_votes": "round_0.human_votes",
                    "machine_votes": "machine_votes",
                    "pool": "pool",
                    "annotators": "params:annotators",
                    "taxonomy": "taxonomy",
                    "voting": "params:voting",
                    "active_learning": "params:active_learning",
                },
                ["round_0.labels", "round_0.dropped"],
                name="merge_round_0",
                tags=["label_round_0"],
            ),
            *_report_card(),
        ],
        namespace="voting",
        prefix_datasets_with_namespace=False,
    )


def _report_card() -> list[Node]:
    """Return the nodes that compare the voters with the bench, once people have labelled it."""
    return [
        node(
            report_card.score_voters_on_bench,
            {
                "machine_votes": "machine_votes",
                "bench_labels": "bench_labels",
                "bench_sample": "bench_sample",
                "taxonomy": "taxonomy",
                "voting": "params:voting",
                "evaluation": "params:evaluation",
                "seed": "params:seed",
            },
            ["voter_scores", "voter_recall", "voter_pairs", "voter_report"],
            name="score_voters_on_bench",
            tags=["judge_voters"],
        ),
        node(
            report_card.draw_errors_alike,
            ["voter_scores", "voter_pairs"],
            "voter_errors_plot",
            name="draw_errors_alike",
            tags=["judge_voters"],
        ),
        node(
            report_card.draw_voter_recall,
            ["voter_recall", "taxonomy", "params:voting"],
            "voter_recall_plot",
            name="draw_voter_recall",
            tags=["judge_voters"],
        ),
    ]
