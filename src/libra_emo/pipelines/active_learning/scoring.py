"""The node that scores a round's student, and decides whether the loop stops."""

from __future__ import annotations

import pandas as pd

from libra_emo.annotation.collection import Annotators
from libra_emo.evaluation.intervals import score_with_intervals
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.active_learning.certifying import RoundCertificate
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.report import RoundReport, count_round
from libra_emo.pipelines.active_learning.stopping_criterion import (
    Standing,
    StopDecision,
    apply_stopping_criterion,
    decide_stop,
)
from libra_emo.students import Student
from libra_emo.taxonomy import Taxonomy


def score_round(
    student: Student,
    features: pd.DataFrame,
    bench_labels: pd.DataFrame,
    clips_in: pd.DataFrame,
    queue: pd.DataFrame,
    labels: pd.DataFrame,
    dropped: pd.DataFrame,
    posterior: pd.DataFrame,
    votes_so_far: pd.DataFrame,
    certificate: RoundCertificate,
    taxonomy: Taxonomy,
    annotators: Annotators,
    active_learning: ActiveLearningOptions,
    clip_shards: ShardReader,
    report_before: RoundReport | None = None,
) -> tuple[RoundReport, StopDecision]:
    """Return the round's report and whether the loop stops.

    The report has counts that balance, bench scores, calibration, and the state of the loop.

    Args:
        student: Student trained on this round's labels; not used if the score was flat before.
        features: Features of every clip.
        bench_labels: RoundLabels of the bench.
        clips_in: RoundLabels of the round before, or the pool in round 0.
        queue: Queue of this round.
        labels: RoundLabels of this round.
        dropped: Dropped clips of this round.
        posterior: Posteriors of the labels.
        votes_so_far: All votes of the rounds so far, audits included.
        certificate: Certificate of the labels, or why there is none.
        taxonomy: The emotions.
        annotators: Who answered, people or simulated; the report says so.
        active_learning: Options of the stopping criterion.
        clip_shards: Frames and sound, for a student that reads them.
        report_before: Report of the round before; None in round 0.

    Raises:
        RoundBalanceError: Unless input = output + dropped.
    """
    if report_before is not None and report_before.saturated:  # the same student
        passed_through, metrics = True, report_before.metrics
        calibration = report_before.calibration
    else:
        passed_through = False
        metrics = _score(student, features, bench_labels, taxonomy, clip_shards)
        calibration = student.calibration
    number = 0 if report_before is None else report_before.round + 1
    labels_in = None if report_before is None else clips_in
    counts = count_round(number, clips_in["clip_id"], labels_in, queue, labels, dropped)
    state = apply_stopping_criterion(metrics[active_learning.score], report_before, active_learning)
    stopped = report_before is not None and report_before.saturated
    standing = Standing(
        len(votes_so_far), posterior, certificate.certificate, state.rounds_without_gain
    )
    decision = decide_stop(number, standing, stopped, active_learning)
    state = state.model_copy(update={"saturated": state.saturated or decision.stops})
    report = RoundReport(
        **counts.model_dump(),
        **state.model_dump(),
        metrics=metrics,
        calibration=calibration,
        score=active_learning.score,
        passed_through=passed_through,
        annotators=annotators,
    )
    return report, decision


def _score(
    student: Student,
    features: pd.DataFrame,
    bench_labels: pd.DataFrame,
    taxonomy: Taxonomy,
    clip_shards: ShardReader,
) -> dict[str, float]:
    bench = bench_labels.sort_values("clip_id")
    bench_features = features[features["clip_id"].isin(bench["clip_id"])]
    predictions = student.predict(bench_features, clips=clip_shards)
    predictions = bench[["clip_id"]].merge(predictions, on="clip_id", how="left")
    films = bench["clip_id"].map(features.set_index("clip_id")["source_id"])
    return score_with_intervals(bench["label"], predictions["predicted"], films, taxonomy)
