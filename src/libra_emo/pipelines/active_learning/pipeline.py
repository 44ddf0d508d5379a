"""All rounds as one pipeline, each in a namespace of its own.

Every node carries the name of the DVC stage that runs it as a tag.
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline, node, pipeline

from libra_emo.pipelines.active_learning import nodes
from libra_emo.pipelines.annotators import ANNOTATOR_INPUTS


def create_pipeline(max_rounds: int = 4) -> Pipeline:
    """Return rounds 0 to `max_rounds`, and the history and final labels after them.

    This is step 2 of the paper's Algorithm 1, unrolled. Round 0 trains on the labels of the vote.
    Round k selects by the student of round k-1, asks annotators, and trains on the new labels.

    Args:
        max_rounds: How many rounds follow round 0.
    """
    rounds = [_round(number) for number in range(max_rounds + 1)]
    return sum(rounds, start=_closing(max_rounds))


def _round(number: int) -> Pipeline:
    steps = _train(number)
    if number > 0:
        steps = [*_select(number), *_annotate(number), *steps]
    return pipeline(steps, namespace=f"round_{number}", prefix_datasets_with_namespace=False)


def _select(number: int) -> list[Node]:
    """Return sample selection: step 2.2, lines 20 to 25."""
    now, before = f"round_{number}", f"round_{number - 1}"
    return [
        node(
            nodes.predict_clips,
            ["features", f"{before}.labels", f"{before}.model", f"{before}.report", "clip_shards"],
            f"{now}.predictions",
            name="predict_clips",
            tags=[f"select_{now}"],
        ),
        node(
            nodes.select_disagreements,
            [
                f"{before}.labels",
                f"{now}.predictions",
                f"{before}.report",
                "params:active_learning",
            ],
            f"{now}.queue",
            name="select_disagreements",
            tags=[f"select_{now}"],
        ),
    ]


def _annotate(number: int) -> list[Node]:
    """Return human annotation and the update of the labels: step 2.3, lines 27 to 31.

    Line 31 takes the clips that were asked about out of the labelled set, against the paper's
    text and its Table 10; here they are merged into it with their new labels.
    """
    now, before = f"round_{number}", f"round_{number - 1}"
    return [
        node(
            nodes.ask_round_annotators,
            {
                **ANNOTATOR_INPUTS,
                "queue": f"{now}.queue",
                "report_before": f"{before}.report",
                "active_learning": "params:active_learning",
            },
            f"{now}.human_votes",
            name="ask_round_annotators",
            tags=[f"ask_{now}"],
        ),
        node(
            nodes.merge_answers,
            {
                "labels_before": f"{before}.labels",
                "queue": f"{now}.queue",
                "human_votes": f"{now}.human_votes",
                "report_before": f"{before}.report",
                "annotators": "params:annotators",
                "taxonomy": "taxonomy",
                "active_learning": "params:active_learning",
            },
            [f"{now}.labels", f"{now}.dropped"],
            name="merge_answers",
            tags=[f"label_{now}"],
        ),
    ]


def _train(number: int) -> list[Node]:
    """Return model training and the test for saturation: step 2.1 and lines 18 and 32."""
    now, before = f"round_{number}", f"round_{number - 1}"
    report_before = {} if number == 0 else {"report_before": f"{before}.report"}
    clips_in = "pool" if number == 0 else f"{before}.labels"
    return [
        node(
            nodes.train_student,
            {
                "features": "features",
                "labels": f"{now}.labels",
                "leaks": "leaks",
                "taxonomy": "taxonomy",
                "student": "params:student",
                "training": "params:training",
                "seed": "params:seed",
                "clip_shards": "clip_shards",
                "training_folder": "training_folder",
                **report_before,
            },
            f"{now}.model",
            name="train_student",
            tags=[f"train_{now}"],
        ),
        node(
            nodes.score_round,
            {
                "student": f"{now}.model",
                "features": "features",
                "bench_labels": "bench_labels",
                "clips_in": clips_in,
                "queue": f"{now}.queue",
                "labels": f"{now}.labels",
                "dropped": f"{now}.dropped",
                "taxonomy": "taxonomy",
                "annotators": "params:annotators",
                "active_learning": "params:active_learning",
                "clip_shards": "clip_shards",
                **report_before,
            },
            f"{now}.report",
            name="score_round",
            tags=[f"train_{now}"],
        ),
    ]


def _closing(max_rounds: int) -> Pipeline:
    """Return what is written once, after the last round."""
    numbers = range(max_rounds + 1)
    campaigns = ["bench", *(f"round_{number}" for number in numbers)]
    return pipeline(
        [
            node(
                nodes.write_round_history,
                [f"round_{number}.report" for number in numbers],
                "round_history",
                name="write_round_history",
            ),
            node(
                nodes.take_final_labels,
                f"round_{max_rounds}.labels",
                "labels",
                name="take_final_labels",
            ),
            node(
                nodes.join_human_votes,
                [f"{campaign}.human_votes" for campaign in campaigns],
                "human_votes",
                name="join_human_votes",
            ),
        ],
        namespace="active_learning",
        prefix_datasets_with_namespace=False,
        tags=["active_learning"],
    )
