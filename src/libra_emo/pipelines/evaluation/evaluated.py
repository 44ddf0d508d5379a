"""Everybody whose answers to the bench are scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from libra_emo.common.modalities import parse_modalities
from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.options import JudgedModel
from libra_emo.evaluation.tables import read_predictions
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.evaluation.generated import predict_in_words
from libra_emo.schemas import COUNTED_STATUSES
from libra_emo.students import Student, TrainingOptions, build_student, load_student
from libra_emo.students.multimodal.student import MultimodalStudent
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.majority import majority_vote
from libra_emo.voting.options import VOTE, VoterOptions, VotingOptions


@dataclass(frozen=True)
class Answer:
    """One model's predictions: clip_id, predicted, p_<label> where known, or its reply."""

    model: str
    modalities: str
    predictions: pd.DataFrame


@dataclass(frozen=True)
class Trainee:
    """What it takes to train the student anew for another set of modalities."""

    student: str
    training: TrainingOptions
    labels: pd.DataFrame
    seed: int
    trained: Student
    clip_shards: ShardReader


def answer_by_student(
    judged: JudgedModel,
    trainee: Trainee,
    modality_sets: tuple[str, ...],
    features: pd.DataFrame,
    bench_clips: pd.DataFrame,
    taxonomy: Taxonomy,
) -> Iterator[Answer]:
    """Give the student's answers for each set of modalities.

    A classical student is trained anew for each set that the trained one does not have; a
    multimodal one is shown no more of a clip than the set, and skips what it never learnt from.
    """
    if judged.written or isinstance(trainee.trained, MultimodalStudent):
        yield from _answer_masked(judged, trainee, modality_sets, bench_clips)
        return
    classical = trainee.training.classical.model_copy(update={"folds": 0})
    plain = trainee.training.model_copy(update={"classical": classical})
    for modalities in modality_sets:
        student: Student = trainee.trained
        if modalities != student.modalities:
            fresh = build_student(trainee.student, taxonomy, plain)
            student = fresh.fit(features, trainee.labels, trainee.seed, modalities)
        yield Answer(judged.name, modalities, student.predict(bench_clips))


def _answer_masked(
    judged: JudgedModel,
    trainee: Trainee,
    modality_sets: tuple[str, ...],
    bench_clips: pd.DataFrame,
) -> Iterator[Answer]:
    student = trainee.trained
    known = [letters for letters in modality_sets if set(letters) <= set(student.modalities)]
    for modalities in known or [student.modalities]:
        predicted = _predict(judged, student, bench_clips, trainee.clip_shards, modalities)
        yield Answer(judged.name, modalities, predicted)


def _predict(
    judged: JudgedModel,
    student: Student,
    bench_clips: pd.DataFrame,
    clip_shards: ShardReader,
    modalities: str | None = None,
) -> pd.DataFrame:
    """Return a student's answers, written out if that is asked for."""
    if judged.written:
        return predict_in_words(judged.name, student, bench_clips, clip_shards, modalities)
    if modalities is None or not isinstance(student, MultimodalStudent):
        return student.predict(bench_clips, clips=clip_shards)
    return student.predict(bench_clips, clips=clip_shards, modalities=modalities)


def answer_by_voters(machine_votes: pd.DataFrame, voting: VotingOptions) -> Iterator[Answer]:
    """Give each voter's answers, and those of their majority, which may be none."""
    everything = "".join(_modalities(voter) for voter in voting.voters)
    for voter in voting.voters:
        votes = machine_votes[machine_votes["voter"] == voter.name]
        counted = votes["label"].where(votes["status"].isin(COUNTED_STATUSES))
        table = pd.DataFrame({"clip_id": votes["clip_id"], "predicted": counted})
        yield Answer(voter.name, _modalities(voter), table)
    majority = majority_vote(machine_votes, voting.min_agreement)
    yield Answer(VOTE, _ordered(everything), majority.rename(columns={"label": "predicted"}))


def answer_by_file(
    judged: JudgedModel, bench_clips: pd.DataFrame, taxonomy: Taxonomy, clip_shards: ShardReader
) -> Answer:
    """Return the answers of a saved student, or those that a file holds.

    Raises:
        EvaluationError: If the file cannot be read, or the student writes no answers.
        StudentError: If the folder cannot.
    """
    if judged.path is not None:
        student = load_student(judged.path)
        predicted = _predict(judged, student, bench_clips, clip_shards)
        return Answer(judged.name, student.modalities, predicted)
    if judged.predictions is None:
        raise EvaluationError(f"evaluation.models: {judged.name!r} cannot be judged")
    table = read_predictions(str(judged.predictions), _read(judged.predictions), taxonomy)
    return Answer(judged.name, judged.modalities, table)


def _read(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == ".csv":
            return pd.read_csv(path, dtype={"clip_id": "str"})
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise EvaluationError(f"evaluation.models: {path} cannot be read: {error}") from error


def _modalities(voter: VoterOptions) -> str:
    return parse_modalities(voter.cue or voter.modalities)


def _ordered(letters: str) -> str:
    return "".join(letter for letter in "VAT" if letter in letters)
