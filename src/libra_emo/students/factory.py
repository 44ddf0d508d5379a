"""Students of either kind: built, and trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.students.classical.student import ClassicalStudent
from libra_emo.students.errors import DryRun, StudentError
from libra_emo.students.interface import Student
from libra_emo.students.options import TrainingOptions
from libra_emo.taxonomy import Taxonomy

if TYPE_CHECKING:
    from libra_emo.media.shards import ShardReader


def build_student(
    kind: str,
    taxonomy: Taxonomy,
    training: TrainingOptions | None = None,
    work: Path | None = None,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> Student:
    """Return an untrained student of a kind.

    Args:
        kind: Value of the parameter `student`.
        taxonomy: Labels that may occur.
        training: Options of the training and the calibration.
        work: Folder in which long trainings keep their checkpoints.
        person_meant: Whose emotion the requests of a multimodal student ask about.

    Raises:
        StudentError: If there is no such kind.
    """
    training = training or TrainingOptions()
    if kind == "classical":
        return ClassicalStudent(taxonomy, training.classical, training.calibration)
    if kind == "multimodal":
        from libra_emo.students.multimodal.student import MultimodalStudent

        return MultimodalStudent(taxonomy, training, work, person_meant)
    raise StudentError(f"student: {kind!r} is not known; use classical or multimodal")


def fit_student(
    kind: str,
    taxonomy: Taxonomy,
    training: TrainingOptions,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    seed: int,
    clips: ShardReader,
    work: Path,
    conversations: list[dict[str, Any]] | None = None,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> Student:
    """Return a trained student of a kind.

    Args:
        kind: Value of the parameter `student`.
        taxonomy: Labels that may occur.
        training: Options of the training and the calibration.
        features: `Features`.
        labels: `RoundLabels`.
        seed: Seed of all random draws.
        clips: Source of frames and sound.
        work: Folder in which long trainings keep their checkpoints.
        conversations: Examples with explanations; None for the labels alone.
        person_meant: Whose emotion the requests of a multimodal student ask about.

    Raises:
        DryRun: If a dry run is set; the message describes the training.
        StudentError: If the labels cannot be learnt from.
    """
    student = build_student(kind, taxonomy, training, work, person_meant)
    if training.dry_run and kind == ClassicalStudent.kind:
        raise DryRun(
            f"dry run: the classical student would learn {len(labels):,} clips on this machine's "
            "processors; it needs no GPU, and nothing is trained"
        )
    return student.fit(
        features, labels, seed, training.modalities, clips=clips, conversations=conversations
    )
