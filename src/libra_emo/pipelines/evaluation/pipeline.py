"""The evaluation as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline, node, pipeline

from libra_emo.evaluation.composition.examples_page import render_examples
from libra_emo.evaluation.failures.contact_sheet import render_failures
from libra_emo.evaluation.page import PageContents
from libra_emo.evaluation.quality_plot import plot_quality
from libra_emo.pipelines.evaluation import nodes
from libra_emo.pipelines.evaluation.asked import ask_models
from libra_emo.pipelines.evaluation.versions import list_versions, write_score_tables


def create_pipeline(max_rounds: int = 4) -> Pipeline:
    """Return the pipeline that evaluates models and labels, and writes the results page.

    Args:
        max_rounds: Number of rounds after round 0.
    """
    return pipeline(
        [*_tables(max_rounds), *_failures(), *_composition(), *_figures(), _page()],
        namespace="evaluation",
        prefix_datasets_with_namespace=False,
        tags=["evaluation"],
    )


def _tables(max_rounds: int) -> list[Node]:
    ask = node(
        ask_models,
        {
            "features": "features",
            "bench_labels": "bench_labels",
            "clip_shards": "clip_shards",
            "evaluation_answers": "evaluation_answers",
            "annotate_prompt": "annotate_prompt",
            "person_meant": "params:person_meant",
            "prices": "prices",
            "llm_keys": "llm_keys",
            "taxonomy": "taxonomy",
            "evaluation": "params:evaluation",
            "seed": "params:seed",
        },
        "bench_answers",
        name="ask_models",
    )
    predict_bench = node(
        nodes.predict_bench,
        {
            "features": "features",
            "labels": "training_labels",
            "bench_labels": "bench_labels",
            "machine_votes": "machine_votes",
            "bench_answers": "bench_answers",
            "model": "model",
            "taxonomy": "taxonomy",
            "student": "params:student",
            "training": "params:training",
            "voting": "params:voting",
            "evaluation": "params:evaluation",
            "seed": "params:seed",
            "clip_shards": "clip_shards",
            "person_meant": "params:person_meant",
        },
        "bench_predictions",
        name="predict_bench",
    )
    score_bench = node(
        nodes.score_bench,
        ["bench_predictions", "taxonomy", "params:evaluation", "params:seed"],
        ["bench_scores", "bench_comparisons"],
        name="score_bench",
    )
    rounds = [f"round_{number}.labels" for number in range(max_rounds + 1)]
    label_quality = node(
        nodes.compare_labels_with_truth,
        ["sample_truth", "candidates", *rounds],
        "label_quality",
        name="compare_labels_with_truth",
    )
    return [ask, predict_bench, score_bench, *_versions(), label_quality]


def _versions() -> list[Node]:
    return [
        node(
            list_versions,
            {
                "bench_predictions": "bench_predictions",
                "bench_labels": "bench_labels",
                "annotate_prompt": "annotate_prompt",
                "student": "params:student",
                "training": "params:training",
                "voting": "params:voting",
                "evaluation": "params:evaluation",
            },
            "bench_versions",
            name="list_versions",
        ),
        node(
            nodes.score_coarse_labels,
            ["bench_predictions", "taxonomy"],
            "coarse_scores",
            name="score_coarse_labels",
        ),
        node(
            write_score_tables,
            ["bench_scores", "bench_versions"],
            ["scores_markdown", "scores_latex"],
            name="write_score_tables",
        ),
    ]


def _failures() -> list[Node]:
    return [
        node(
            nodes.analyse_failures,
            ["bench_predictions", "candidates", "sources", "features"],
            ["failure_pairs", "hard_clips", "slice_scores", "suspect_labels"],
            name="analyse_failures",
        ),
        node(
            render_failures,
            [
                "failure_pairs",
                "hard_clips",
                "slice_scores",
                "bench_predictions",
                "candidates",
                "clip_shards",
            ],
            "failures_page",
            name="write_failures_page",
        ),
    ]


def _composition() -> list[Node]:
    tables = [f"dataset_{name}" for name in ("datasets", "types", "films", "steps", "labels")]
    return [
        node(
            nodes.tabulate_dataset,
            {
                "training_labels": "training_labels",
                "bench_labels": "bench_labels",
                "sources": "sources",
                "candidates": "candidates",
                "round_history": "round_history",
                "explanations": "explanations",
                "taxonomy": "taxonomy",
            },
            [*tables, "dataset_markdown", "dataset_latex"],
            name="tabulate_dataset",
        ),
        node(
            nodes.draw_distributions,
            "dataset_labels",
            ["trainset_plot", "bench_plot"],
            name="draw_distributions",
        ),
        node(
            render_examples,
            [
                "training_labels",
                "explanations",
                "candidates",
                "taxonomy",
                "params:seed",
                "clip_shards",
            ],
            "examples_page",
            name="write_examples_page",
        ),
    ]


def _figures() -> list[Node]:
    return [
        node(
            nodes.draw_confusion_matrix,
            ["bench_predictions", "taxonomy"],
            "confusion_matrix",
            name="draw_confusion_matrix",
        ),
        node(
            nodes.draw_classes,
            ["bench_predictions", "taxonomy"],
            "per_class_plot",
            name="draw_classes",
        ),
        node(
            nodes.draw_rounds,
            ["round_history", "label_quality"],
            "rounds_plot",
            name="draw_rounds",
        ),
        node(
            plot_quality,
            ["loop_decisions", "label_quality"],
            "quality_plot",
            name="draw_quality",
        ),
    ]


def _page() -> Node:
    parameters = {name: f"params:{name}" for name in ("annotators", "student", "seed", "training")}
    inputs = {
        name: parameters.get(name, name)
        for name in ("training", "human_votes", *PageContents.__annotations__)
    }
    return node(nodes.write_results_page, inputs, "results_page", name="write_results_page")
