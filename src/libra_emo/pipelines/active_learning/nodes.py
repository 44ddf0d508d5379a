"""The nodes of a round.

The number of a round is one more than that of the report before it. Once the score is flat
(`saturated`), a round asks nobody, keeps the labels as they are, and points to the last student.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Unpack

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.collection import AnnotatorInputs, Annotators, ask_annotators
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.settlement import relabel
from libra_emo.evaluation.intervals import score_with_intervals
from libra_emo.leakage.gate import refuse_leaks
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.query_strategy import query_by_disagreement
from libra_emo.pipelines.active_learning.report import RoundReport, count_round, tabulate_rounds
from libra_emo.pipelines.active_learning.stopping_criterion import apply_stopping_criterion
from libra_emo.schemas import HumanVotes, Predictions, Queue, check, empty
from libra_emo.students import Student, TrainingOptions, fit_student
from libra_emo.taxonomy import Taxonomy

logger = logging.getLogger(__name__)


def predict_clips(
    features: pd.DataFrame,
    labels: pd.DataFrame,
    student: Student,
    report_before: RoundReport,
    clip_shards: ShardReader,
) -> pd.DataFrame:
    """Return the Predictions of the student of the round before, for every labelled clip.

    A classical student predicts cross-fitted: each clip by a model that never saw its film. So
    does a multimodal one that was trained with folds; without folds it predicts clips that it was
    trained on, after a single epoch, as in the paper. Once the score is flat nothing is predicted.
    """
    if report_before.saturated:
        return empty(Predictions)
    labelled = features[features["clip_id"].isin(labels["clip_id"])]
    return student.predict(labelled, cross_fitted=student.cross_fits, clips=clip_shards)


def select_disagreements(
    labels: pd.DataFrame,
    predictions: pd.DataFrame,
    report_before: RoundReport,
    active_learning: ActiveLearningOptions,
) -> pd.DataFrame:
    """Return the Queue of clips whose prediction is not their label; empty if the score is flat."""
    if report_before.saturated:
        logger.info("The score is flat since round %s, so nobody is asked.", report_before.round)
        return empty(Queue)
    return query_by_disagreement(
        labels, predictions, protect_people_labels=active_learning.protect_people_labels
    )


def ask_round_annotators(
    queue: pd.DataFrame,
    report_before: RoundReport,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
    annotation: AnnotationOptions,
    **inputs: Unpack[AnnotatorInputs],
) -> pd.DataFrame:
    """Return the HumanVotes on the queue, adjudication included.

    Raises:
        PeopleNeeded: If people have not yet answered everything.
        SimulationError: If the simulated annotators lack the truth of a clip.
    """
    return ask_annotators(
        _campaign(report_before, taxonomy, active_learning),
        queue,
        taxonomy,
        annotation,
        **inputs,
    )


def merge_answers(
    labels_before: pd.DataFrame,
    queue: pd.DataFrame,
    human_votes: pd.DataFrame,
    report_before: RoundReport,
    annotators: Annotators,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the round's RoundLabels and its Dropped clips.

    Clips of the queue get the label on which the annotators agree, the others keep their label.
    """
    return relabel(
        labels_before,
        queue,
        human_votes,
        _campaign(report_before, taxonomy, active_learning),
        round_number=report_before.round + 1,
        simulated=annotators == "simulated",
    )


def train_student(
    features: pd.DataFrame,
    labels: pd.DataFrame,
    leaks: pd.DataFrame,
    taxonomy: Taxonomy,
    student: str,
    training: TrainingOptions,
    seed: int,
    clip_shards: ShardReader,
    training_folder: Path,
    report_before: RoundReport | None = None,
) -> Student | dict[str, str]:
    """Return the student trained on the round's labels, or a pointer to the last one trained.

    There are no explanations yet, so a multimodal student learns the labels alone.

    Raises:
        DryRun: If the parameters ask for the cost of the training alone.
        LeakError: If a clip shows what a clip of the bench shows.
        StudentError: If no student can be trained on the labels.
    """
    if report_before is not None and report_before.saturated:
        return {"pointer": f"round_{report_before.round}"}
    refuse_leaks(labels["clip_id"], leaks)
    return fit_student(
        student, taxonomy, training, features, labels, seed, clip_shards, training_folder
    )


def score_round(
    student: Student,
    features: pd.DataFrame,
    bench_labels: pd.DataFrame,
    clips_in: pd.DataFrame,
    queue: pd.DataFrame,
    labels: pd.DataFrame,
    dropped: pd.DataFrame,
    taxonomy: Taxonomy,
    annotators: Annotators,
    active_learning: ActiveLearningOptions,
    clip_shards: ShardReader,
    report_before: RoundReport | None = None,
) -> RoundReport:
    """Return the round's report: counts that balance, bench scores, calibration, loop state.

    Args:
        student: Student trained on this round's labels; not used if the score was flat before.
        features: Features of every clip.
        bench_labels: RoundLabels of the bench.
        clips_in: RoundLabels of the round before, or the pool in round 0.
        queue: Queue of this round.
        labels: RoundLabels of this round.
        dropped: Dropped clips of this round.
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
    return RoundReport(
        **counts.model_dump(),
        **state.model_dump(),
        metrics=metrics,
        calibration=calibration,
        score=active_learning.score,
        passed_through=passed_through,
        annotators=annotators,
    )


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


def write_round_history(*reports: RoundReport) -> pd.DataFrame:
    """Return a row for each round: columns of the paper's Table 10, then the metrics of Table 8."""
    return tabulate_rounds(list(reports))


def take_final_labels(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the last round's labels."""
    return labels


def join_human_votes(*votes: pd.DataFrame) -> pd.DataFrame:
    """Return the votes of every campaign in one table, campaign by campaign."""
    filled = [table for table in votes if len(table)]
    return check(pd.concat(filled, ignore_index=True), HumanVotes) if filled else empty(HumanVotes)


def _campaign(
    report_before: RoundReport, taxonomy: Taxonomy, active_learning: ActiveLearningOptions
) -> Campaign:
    name = f"round_{report_before.round + 1}"
    return Campaign.of(
        name, taxonomy, active_learning.annotators_per_clip, active_learning.threshold
    )
