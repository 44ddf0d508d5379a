"""The nodes of a round.

The number of a round is one more than that of the report before it. Once the score is flat
(`saturated`), a round asks nobody, keeps the labels as they are, and points to the last student.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Unpack

import pandas as pd

from libra_emo.annotation.collection import AnnotatorInputs, Annotators
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.labelling.audit import usable_votes
from libra_emo.labelling.evidence import Evidence, weigh_evidence
from libra_emo.leakage.gate import refuse_leaks
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.active_learning.agreed_labels import audited_before, label_by_agreement
from libra_emo.pipelines.active_learning.asking import (
    ask_round,
    audit_campaign,
    round_campaign,
    sealed_campaigns,
)
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.posterior_labels import label_by_posterior
from libra_emo.pipelines.active_learning.query_strategy import query_clips
from libra_emo.pipelines.active_learning.report import RoundReport, tabulate_rounds
from libra_emo.pipelines.active_learning.stopping_criterion import StopDecision
from libra_emo.pipelines.sequential_asking import join_votes
from libra_emo.schemas import Dropped, Predictions, Queue, empty
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


def select_clips(
    labels: pd.DataFrame,
    predictions: pd.DataFrame,
    machine_votes: pd.DataFrame,
    votes_before: pd.DataFrame,
    report_before: RoundReport,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
    seed: int,
) -> pd.DataFrame:
    """Return the Queue of clips that the query strategy chooses; empty if the loop has stopped.

    Args:
        labels: RoundLabels of the round before.
        predictions: Predictions of its student.
        machine_votes: MachineVotes.
        votes_before: All votes so far that may be learnt from.
        report_before: Report of the round before.
        taxonomy: The labels.
        active_learning: The strategy, and how many clips it may choose.
        seed: Seed of draws.
    """
    if report_before.saturated:
        logger.info("The loop has stopped after round %s, so nobody is asked.", report_before.round)
        return empty(Queue)
    return query_clips(
        labels,
        predictions,
        lambda: weigh_evidence(
            labels["clip_id"], predictions, machine_votes, votes_before, taxonomy
        ),
        taxonomy,
        active_learning,
        seed=seed,
        round_number=report_before.round + 1,
    )


def ask_round_annotators(
    queue: pd.DataFrame,
    audit: pd.DataFrame,
    predictions: pd.DataFrame,
    machine_votes: pd.DataFrame,
    votes_before: pd.DataFrame,
    report_before: RoundReport,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
    annotation: AnnotationOptions,
    **inputs: Unpack[AnnotatorInputs],
) -> pd.DataFrame:
    """Return the HumanVotes on the queue and on the audit, adjudications included.

    Raises:
        PeopleNeeded: If people have not yet answered everything.
        SimulationError: If the simulated annotators lack the truth of a clip.
    """
    number = report_before.round + 1

    def weigh(votes: pd.DataFrame) -> Evidence:
        known = join_votes(votes_before, votes)
        return weigh_evidence(predictions["clip_id"], predictions, machine_votes, known, taxonomy)

    return ask_round(
        queue,
        audit,
        round_campaign(number, taxonomy, active_learning),
        audit_campaign(number, taxonomy, active_learning),
        votes_before,
        weigh,
        taxonomy,
        active_learning,
        annotation,
        **inputs,
    )


def merge_answers(
    labels_before: pd.DataFrame,
    queue: pd.DataFrame,
    human_votes: pd.DataFrame,
    predictions: pd.DataFrame,
    machine_votes: pd.DataFrame,
    votes_before: pd.DataFrame,
    posterior_before: pd.DataFrame,
    report_before: RoundReport,
    annotators: Annotators,
    taxonomy: Taxonomy,
    active_learning: ActiveLearningOptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the round's RoundLabels and its Dropped clips.

    By the paper's rule clips of the queue get the label on which the annotators agree, and the
    others keep theirs. With another query strategy every clip gets the label of its posterior. The
    answers of the round's own audit are not read. Once the loop has stopped no label changes.
    """
    if report_before.saturated:  # what was certified is released as it is
        return labels_before, empty(Dropped)
    number, simulated = report_before.round + 1, annotators == "simulated"
    own = usable_votes(human_votes, sealed_campaigns(number))
    if active_learning.query_strategy != "disagreement" and len(predictions):
        known = join_votes(votes_before, own)
        return label_by_posterior(
            labels_before,
            weigh_evidence(labels_before["clip_id"], predictions, machine_votes, known, taxonomy),
            posterior_before,
            {*own["clip_id"], *audited_before(votes_before, number)},
            taxonomy,
            active_learning,
            round_number=number,
            simulated=simulated,
        )
    return label_by_agreement(
        labels_before,
        queue,
        own,
        votes_before,
        taxonomy,
        active_learning,
        round_number=number,
        simulated=simulated,
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
    person_meant: PersonMeant = DEFAULT_PERSON,
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
        *(student, taxonomy, training, features, labels, seed, clip_shards, training_folder),
        person_meant=person_meant,
    )


def write_round_history(*reports: RoundReport) -> pd.DataFrame:
    """Return a row for each round: columns of the paper's Table 10, then the metrics of Table 8."""
    return tabulate_rounds(list(reports))


def take_final_labels(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the last round's labels."""
    return labels


def join_human_votes(*votes: pd.DataFrame) -> pd.DataFrame:
    """Return the votes of every campaign in one table, campaign by campaign."""
    return join_votes(*votes)


def tabulate_decisions(*decisions: StopDecision) -> pd.DataFrame:
    """Return a row for each round: what the stop looked at, and why it stopped or not."""
    return pd.DataFrame([decision.model_dump() for decision in decisions])
