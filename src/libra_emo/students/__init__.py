"""Students: models that learn the dataset's labels; one interface."""

from __future__ import annotations

from pathlib import Path

from libra_emo.students.classical.student import ClassicalStudent
from libra_emo.students.errors import DryRun, StudentError
from libra_emo.students.factory import build_student, fit_student
from libra_emo.students.interface import Student
from libra_emo.students.options import ClassicalOptions, TrainingOptions
from libra_emo.students.storage import read_card

__all__ = [
    "ClassicalOptions",
    "ClassicalStudent",
    "DryRun",
    "Student",
    "StudentError",
    "TrainingOptions",
    "build_student",
    "fit_student",
    "load_student",
]


def load_student(folder: Path) -> Student:
    """Return the student in a folder, of whatever kind its card names.

    Raises:
        StudentError: If the folder is broken or its kind is not known.
    """
    kind = read_card(folder)["kind"]
    if kind == ClassicalStudent.kind:
        return ClassicalStudent.load(folder)
    if kind == "multimodal":
        from libra_emo.students.multimodal.student import MultimodalStudent

        return MultimodalStudent.load(folder)
    raise StudentError(f"{folder}: holds a student of kind {kind!r}, which this version lacks")
