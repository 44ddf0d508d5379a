"""The evaluation as a pipeline."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline, node, pipeline

from libra_emo.pipelines.evaluation import nodes


def create_pipeline(max_rounds: int = 4) -> Pipeline:
    """Return the pipeline that judges models and labels, and writes the page of results.

    Args:
        max_rounds: How many rounds follow round 0.
    """
    return pipeline([*_tables(max_rounds), *_figures(), _page()], tags=["evaluation"])


def _tables(max_rounds: int) -> list[Node]:
    predict_bench = node(
        nodes.predict_bench,
        {
            "features": "features",
            "labels": "training_labels",
            "bench_labels": "bench_labels",
            "machine_votes": "machine_votes",
            "model": "model",
            "taxonomy": "taxonomy",
            "student": "params:student",
            "training": "params:training",
            "voting": "params:voting",
            "evaluation": "params:evaluation",
            "seed": "params:seed",
            "clip_shards": "clip_shards",
        },
        "bench_predictions",
        name="predict_bench",
    )
    score_bench = node(
        nodes.score_bench,
        ["bench_predictions", "taxonomy", "params:evaluation", "params:seed"],
        "bench_scores",
        name="score_bench",
    )
    rounds = [f"round_{number}.labels" for number in range(max_rounds + 1)]
    judge_labels = node(
        nodes.judge_labels,
        ["sample_truth", "candidates", *rounds],
        "label_quality",
        name="judge_labels",
    )
    return [predict_bench, score_bench, judge_labels]


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
    ]


def _page() -> Node:
    datasets = (
        "clip_ledger",
        "candidates",
        "bench_labels",
        "labels",
        "machine_votes",
        "round_history",
        "label_quality",
        "bench_predictions",
        "bench_scores",
        "voter_scores",
        "voter_pairs",
        "explanations",
        "confusion_matrix",
        "per_class_plot",
        "rounds_plot",
        "footage_plot",
        "voter_errors_plot",
        "voter_recall_plot",
        "taxonomy",
    )
    parameters = {name: f"params:{name}" for name in ("annotators", "student", "seed")}
    return node(
        nodes.write_results_page,
        {**{name: name for name in datasets}, **parameters},
        "results_page",
        name="write_results_page",
    )
