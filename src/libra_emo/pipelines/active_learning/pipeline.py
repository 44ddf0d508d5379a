"""All rounds as one pipeline, each in a namespace of its own.

Every node carries the name of the DVC stage that runs it as a tag.
"""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline, node, pipeline

from libra_emo.pipelines.active_learning import certifying, nodes, scoring, weighing
from libra_emo.pipelines.active_learning.certificate_page import render_certificate
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
    labelled = _weigh_first() if number == 0 else [*_annotate(number), *_weigh(number)]
    chosen = [] if number == 0 else _select(number)
    steps = [*chosen, *labelled, *_train(number)]
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
            nodes.select_clips,
            {
                "labels": f"{before}.labels",
                "predictions": f"{now}.predictions",
                "machine_votes": "machine_votes",
                "votes_before": f"{before}.votes_so_far",
                "report_before": f"{before}.report",
                "taxonomy": "taxonomy",
                "active_learning": "params:active_learning",
                "seed": "params:seed",
            },
            f"{now}.queue",
            name="select_clips",
            tags=[f"select_{now}"],
        ),
        node(
            certifying.draw_round_audit,
            {
                "labels": f"{before}.labels",
                "posterior_before": f"{before}.posterior",
                "features": "features",
                "report_before": f"{before}.report",
                "active_learning": "params:active_learning",
                "seed": "params:seed",
            },
            f"{now}.audit",
            name="draw_round_audit",
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
                "audit": f"{now}.audit",
                "predictions": f"{now}.predictions",
                "machine_votes": "machine_votes",
                "votes_before": f"{before}.votes_so_far",
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
                "predictions": f"{now}.predictions",
                "machine_votes": "machine_votes",
                "votes_before": f"{before}.votes_so_far",
                "posterior_before": f"{before}.posterior",
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


def _weigh_first() -> list[Node]:
    """Return what the labels of round 0 are worth; `voting` makes them."""
    return [
        node(
            weighing.weigh_first_labels,
            {
                "labels": "round_0.labels",
                "human_votes": "round_0.human_votes",
                "machine_votes": "machine_votes",
                "annotators": "params:annotators",
                "taxonomy": "taxonomy",
                "active_learning": "params:active_learning",
            },
            [
                "round_0.soft_labels",
                "round_0.posterior",
                "round_0.label_changes",
                "round_0.votes_so_far",
            ],
            name="weigh_first_labels",
            tags=["label_round_0"],
        ),
        node(
            certifying.leave_uncertified,
            "params:annotators",
            "round_0.certificate",
            name="leave_uncertified",
            tags=["label_round_0"],
        ),
    ]


def _weigh(number: int) -> list[Node]:
    """Return soft labels and certificate; the answers of the audit count after the certificate."""
    now, before = f"round_{number}", f"round_{number - 1}"
    shared = {
        "labels": f"{now}.labels",
        "predictions": f"{now}.predictions",
        "machine_votes": "machine_votes",
        "votes_before": f"{before}.votes_so_far",
        "human_votes": f"{now}.human_votes",
        "report_before": f"{before}.report",
        "annotators": "params:annotators",
        "taxonomy": "taxonomy",
        "active_learning": "params:active_learning",
    }
    return [
        node(
            weighing.weigh_labels,
            {
                **shared,
                "labels_before": f"{before}.labels",
                "soft_labels_before": f"{before}.soft_labels",
                "posterior_before": f"{before}.posterior",
            },
            [f"{now}.soft_labels", f"{now}.posterior", f"{now}.label_changes"],
            name="weigh_labels",
            tags=[f"label_{now}"],
        ),
        node(
            certifying.certify_labels,
            {**shared, "audit": f"{now}.audit", "posterior": f"{now}.posterior"},
            [f"{now}.certificate", f"{now}.votes_so_far"],
            name="certify_labels",
            tags=[f"label_{now}"],
        ),
    ]


def _train(number: int) -> list[Node]:
    """Return training and the test for saturation: step 2.1 and lines 18 and 32."""
    now, before = f"round_{number}", f"round_{number - 1}"
    report_before = {} if number == 0 else {"report_before": f"{before}.report"}
    judged_before = {} if number == 0 else {"judged_before": f"{before}.judged"}
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
                "person_meant": "params:person_meant",
                **report_before,
            },
            f"{now}.model",
            name="train_student",
            tags=[f"train_{now}"],
        ),
        node(
            scoring.score_round,
            {
                "student": f"{now}.model",
                "features": "features",
                "bench_labels": "bench_labels",
                "validation_labels": "validation_labels",
                "validation_votes": "validation.human_votes",
                "clips_in": clips_in,
                "queue": f"{now}.queue",
                "labels": f"{now}.labels",
                "dropped": f"{now}.dropped",
                "posterior": f"{now}.posterior",
                "votes_so_far": f"{now}.votes_so_far",
                "certificate": f"{now}.certificate",
                "taxonomy": "taxonomy",
                "annotators": "params:annotators",
                "active_learning": "params:active_learning",
                "clip_shards": "clip_shards",
                "seed": "params:seed",
                **(report_before | judged_before),
            },
            [f"{now}.report", f"{now}.decision", f"{now}.judged"],
            name="score_round",
            tags=[f"train_{now}"],
        ),
    ]


def _closing(max_rounds: int) -> Pipeline:
    """Return what is written once, after the last round."""
    numbers, last = range(max_rounds + 1), f"round_{max_rounds}"
    campaigns = ["bench", "validation", *(f"round_{number}" for number in numbers)]
    return pipeline(
        [
            node(
                nodes.write_round_history,
                [f"round_{number}.report" for number in numbers],
                "round_history",
                name="write_round_history",
            ),
            node(nodes.take_final_labels, f"{last}.labels", "labels", name="take_final_labels"),
            node(
                weighing.join_label_changes,
                [f"round_{number}.label_changes" for number in numbers],
                "label_history",
                name="join_label_changes",
            ),
            node(
                nodes.tabulate_decisions,
                [f"round_{number}.decision" for number in numbers],
                "loop_decisions",
                name="tabulate_decisions",
            ),
            node(
                certifying.take_certificate,
                [f"{last}.labels", *(f"round_{n}.certificate" for n in numbers)],
                "certificate",
                name="take_certificate",
            ),
            node(
                render_certificate,
                ["certificate", *(f"round_{number}.decision" for number in numbers)],
                "certificate_page",
                name="write_certificate_page",
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
