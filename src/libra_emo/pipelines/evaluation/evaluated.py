"""The evaluated models: each one's predictions for the clips of the bench."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.integrity.parquet import read_parquet
from libra_emo.common.modalities import parse_modalities
from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.options import EvaluatedModel
from libra_emo.evaluation.tables import check_coverage, read_predictions
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.evaluation.generated import predict_by_generation
from libra_emo.schemas import COUNTED_STATUSES
from libra_emo.students import Student, TrainingOptions, build_student, load_student
from libra_emo.students.multimodal.others_weights import is_checkpoint, open_checkpoint
from libra_emo.students.multimodal.student import MultimodalStudent
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.majority import majority_vote
from libra_emo.voting.options import VOTE, VoterOptions, VotingOptions


@dataclass(frozen=True)
class ModelPredictions:
    """The predictions of one model.

    Attributes:
        model: Name of the model.
        modalities: Modalities that it used, as letters of V, A and T.
        table: clip_id, predicted, p_<label> where known, and the reply where there is one.
    """

    model: str
    modalities: str
    table: pd.DataFrame


@dataclass(frozen=True)
class StudentTraining:
    """The trained student, and what it takes to train it again with other modalities.

    Attributes:
        student: Kind of the student.
        training: Options of the training.
        labels: RoundLabels that it was trained on.
        seed: Seed of the training.
        trained: The trained student.
        clip_shards: Reader of frames and sound.
    """

    student: str
    training: TrainingOptions
    labels: pd.DataFrame
    seed: int
    trained: Student
    clip_shards: ShardReader


def predict_with_student(
    model: EvaluatedModel,
    training: StudentTraining,
    modality_sets: tuple[str, ...],
    features: pd.DataFrame,
    bench_clips: pd.DataFrame,
    taxonomy: Taxonomy,
) -> Iterator[ModelPredictions]:
    """Yield the student's predictions for each set of modalities.

    A classical student is trained again for each set other than its own. A multimodal student is
    only shown the modalities of the set; sets with a modality that it was not trained on are
    skipped.
    """
    if model.generate_answers or isinstance(training.trained, MultimodalStudent):
        yield from _predict_masked(model, training, modality_sets, bench_clips)
        return
    classical = training.training.classical.model_copy(update={"folds": 0})
    without_folds = training.training.model_copy(update={"classical": classical})
    for modalities in modality_sets:
        student: Student = training.trained
        if modalities != student.modalities:
            untrained = build_student(training.student, taxonomy, without_folds)
            student = untrained.fit(features, training.labels, training.seed, modalities)
        yield ModelPredictions(model.name, modalities, student.predict(bench_clips))


def _predict_masked(
    model: EvaluatedModel,
    training: StudentTraining,
    modality_sets: tuple[str, ...],
    bench_clips: pd.DataFrame,
) -> Iterator[ModelPredictions]:
    student = training.trained
    known = [letters for letters in modality_sets if set(letters) <= set(student.modalities)]
    for modalities in known or [student.modalities]:
        table = _predict(model, student, bench_clips, training.clip_shards, modalities)
        yield ModelPredictions(model.name, modalities, table)


def _predict(
    model: EvaluatedModel,
    student: Student,
    bench_clips: pd.DataFrame,
    clip_shards: ShardReader,
    modalities: str | None = None,
) -> pd.DataFrame:
    """Return a student's predictions, by generated answers if the options say so."""
    if model.generate_answers:
        return predict_by_generation(model.name, student, bench_clips, clip_shards, modalities)
    if modalities is None or not isinstance(student, MultimodalStudent):
        return student.predict(bench_clips, clips=clip_shards)
    return student.predict(bench_clips, clips=clip_shards, modalities=modalities)


def predict_with_voters(
    machine_votes: pd.DataFrame, voting: VotingOptions
) -> Iterator[ModelPredictions]:
    """Yield the labels of each voter, then those of their majority; a clip may have none.

    Without voters there is nothing to yield.
    """
    for voter in voting.voters:
        votes = machine_votes[machine_votes["voter"] == voter.name]
        counted = votes["label"].where(votes["status"].isin(COUNTED_STATUSES))
        table = pd.DataFrame({"clip_id": votes["clip_id"], "predicted": counted})
        yield ModelPredictions(voter.name, _modalities(voter), table)
    if not voting.voters:
        return
    majority = majority_vote(machine_votes, voting.min_agreement)
    modalities = parse_modalities([_modalities(voter) for voter in voting.voters])
    yield ModelPredictions(VOTE, modalities, majority.rename(columns={"label": "predicted"}))


def predict_with_asked(model: EvaluatedModel, bench_answers: pd.DataFrame) -> ModelPredictions:
    """Return the labels in the answers of a model that was asked, with their raw replies.

    Args:
        model: Entry of the options.
        bench_answers: MachineVotes of all models that were asked.
    """
    votes = bench_answers[bench_answers["voter"] == model.name]
    counted = votes["label"].where(votes["status"].isin(COUNTED_STATUSES))
    shares = [name for name in votes.columns if str(name).startswith("p_")]
    table = votes[["clip_id", "reply", *shares]].assign(predicted=counted)
    return ModelPredictions(model.name, model.modalities, table)


def predict_external(
    model: EvaluatedModel,
    bench_clips: pd.DataFrame,
    taxonomy: Taxonomy,
    clip_shards: ShardReader,
    training: TrainingOptions | None = None,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> ModelPredictions:
    """Return the predictions of a saved student, of weights of others, or those in a file.

    Args:
        model: Entry of the options.
        bench_clips: Features of the bench's clips.
        taxonomy: The emotions.
        clip_shards: Reader of frames and sound.
        training: Options with the prompt and the frames that weights of others are given.
        person_meant: Whose emotion weights of others are asked about.

    Raises:
        EvaluationError: If the file cannot be read or is about other clips, or the student cannot
            generate answers.
        StudentError: If the folder cannot be read.
    """
    if model.path is not None:
        student = _open(model, taxonomy, training or TrainingOptions(), person_meant)
        table = _predict(model, student, bench_clips, clip_shards)
        return ModelPredictions(model.name, student.modalities, table)
    if model.predictions is None:
        raise EvaluationError(
            f"evaluation.models: {model.name!r} has neither `path` nor `predictions`"
        )
    table = read_predictions(
        str(model.predictions), read_predictions_file(model.predictions), taxonomy
    )
    check_coverage(f"evaluation.models: {model.predictions}", table, bench_clips["clip_id"])
    return ModelPredictions(model.name, model.modalities, table)


def _open(
    model: EvaluatedModel, taxonomy: Taxonomy, training: TrainingOptions, person_meant: PersonMeant
) -> Student:
    assert model.path is not None  # noqa: S101 - asked for by the caller
    if is_checkpoint(model.path):
        if model.prompt_file is not None:
            training = training.model_copy(update={"prompt_file": model.prompt_file})
        return open_checkpoint(model.path, taxonomy, training, model.modalities, person_meant)
    if model.prompt_file is not None:
        raise EvaluationError(
            f"evaluation.models: {model.name!r} is a student that was trained with a prompt of its "
            "own; leave `prompt_file` out"
        )
    return load_student(model.path)


def read_predictions_file(path: Path) -> pd.DataFrame:
    """Return the table in a file of predictions, CSV or Parquet.

    Raises:
        EvaluationError: If it cannot be read.
    """
    try:
        if path.suffix == ".csv":
            return pd.read_csv(path, dtype={"clip_id": "str"})
        return read_parquet(path)
    except (OSError, ValueError, DamagedFileError) as error:
        raise EvaluationError(f"evaluation.models: {path} cannot be read: {error}") from error


def _modalities(voter: VoterOptions) -> str:
    return parse_modalities(voter.cue or voter.modalities)
