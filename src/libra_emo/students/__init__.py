"""Students: models that learn the dataset's labels; one interface."""

from __future__ import annotations

from pathlib import Path

from libra_emo.students.classical import ClassicalStudent
from libra_emo.students.folders import read_card
from libra_emo.students.interface import Student, StudentError
from libra_emo.students.options import StudentOptions, TrainingOptions
from libra_emo.taxonomy import Taxonomy

__all__ = [
    "ClassicalStudent",
    "Student",
    "StudentError",
    "StudentOptions",
    "TrainingOptions",
    "build_student",
    "load_student",
]


def build_student(
    kind: str, taxonomy: Taxonomy, training: TrainingOptions | None = None
) -> ClassicalStudent:
    """Return an untrained student of a kind.

    Args:
        kind: The parameter `student`.
        taxonomy: The labels that may occur.
        training: How it learns and is calibrated.

    Raises:
        StudentError: If this version has no student of that kind.
    """
    if kind == "classical":
        training = training or TrainingOptions()
        return ClassicalStudent(taxonomy, training.classical, training.calibration)
    if kind == "multimodal":
        raise StudentError(
            "student: this version has no multimodal student yet, only its configuration; "
            "set student to classical"
        )
    raise StudentError(f"student: {kind!r} is not known; use classical")


def load_student(folder: Path) -> Student:
    """Return the student in a folder, of whatever kind its card names.

    Raises:
        StudentError: If the folder is broken or its kind is not known.
    """
    kind = read_card(folder)["kind"]
    if kind == ClassicalStudent.kind:
        return ClassicalStudent.load(folder)
    raise StudentError(f"{folder}: holds a student of kind {kind!r}, which this version lacks")
