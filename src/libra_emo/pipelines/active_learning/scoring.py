"""The node that scores a round's student, and decides whether the loop stops."""

from __future__ import annotations

import pandas as pd

from libra_emo.annotation.collection import Annotators
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.active_learning.certifying import RoundCertificate
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.report import GAIN, JudgedOn, RoundReport, count_round
from libra_emo.pipelines.active_learning.stopping_criterion import (
    Standing,
    StopDecision,
    apply_stopping_criterion,
    decide_stop,
)
from libra_emo.pipelines.active_learning.validation import (
    leave_best,
    measure_gain,
    nothing_judged,
    score_on,
    take_best,
)
from libra_emo.students import Student
from libra_emo.taxonomy import Taxonomy


def score_round(
    student: Student,
    features: pd.DataFrame,
    bench_labels: pd.DataFrame,
    validation_labels: pd.DataFrame,
    validation_votes: pd.DataFrame,
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
    seed: int,
    report_before: RoundReport | None = None,
    judged_before: pd.DataFrame | None = None,
) -> tuple[RoundReport, StopDecision, pd.DataFrame]:
    """Return the round's report, whether the loop stops, and JudgedClips of its student.

    The report has counts that balance, scores, calibration, and the state of the loop. Validation
    clips judge the student; where there are none, the bench does.

    Args:
        student: Student trained on this round's labels; not used if the score was flat before.
        features: Features of every clip.
        bench_labels: RoundLabels of the bench; not looked at if there are validation clips.
        validation_labels: RoundLabels of the validation sample.
        validation_votes: HumanVotes on it, which are answers of people, too.
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
        seed: Seed of the bootstrap.
        report_before: Report of the round before; None in round 0.
        judged_before: JudgedClips of the round before; None in round 0.

    Raises:
        RoundBalanceError: Unless input = output + dropped.
    """
    judged_on: JudgedOn = "validation" if len(validation_labels) else "bench"
    judging = validation_labels if judged_on == "validation" else bench_labels
    judged, gain = nothing_judged(), None
    passed_through = report_before is not None and report_before.saturated
    if report_before is not None and passed_through:  # the same student
        metrics, calibration = report_before.metrics, report_before.calibration
    else:
        metrics, answers = score_on(student, judging, features, taxonomy, clip_shards)
        calibration = student.calibration
        if judged_on == "validation":
            judged = take_best(answers, judged_before)
            gain = measure_gain(judged, active_learning.score, taxonomy, seed)
    number = 0 if report_before is None else report_before.round + 1
    labels_in = None if report_before is None else clips_in
    counts = count_round(number, clips_in["clip_id"], labels_in, queue, labels, dropped)
    score = metrics[active_learning.score]
    state = apply_stopping_criterion(score, report_before, active_learning, gain)
    standing = Standing(
        judgements=len(votes_so_far) + len(validation_votes),
        posterior=posterior,
        certificate=certificate.certificate,
        rounds_without_gain=state.rounds_without_gain,
        judged_on=judged_on,
    )
    decision = decide_stop(number, standing, passed_through, active_learning)
    report = RoundReport(
        **counts.model_dump(),
        **state.model_copy(update={"saturated": state.saturated or decision.stops}).model_dump(),
        metrics=metrics,
        calibration=calibration,
        score=active_learning.score,
        judged_on=judged_on,
        **({} if gain is None else dict(zip(GAIN, gain, strict=True))),
        passed_through=passed_through,
        annotators=annotators,
    )
    if passed_through:
        return report, decision, judged if judged_before is None else judged_before
    return report, decision, leave_best(judged, rises=state.rounds_without_gain == 0)
