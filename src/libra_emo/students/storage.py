"""A student's folder on disk: the model and a card that people can read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any, TypeVar

from libra_emo.students.interface import StudentError

CARD = "student.json"
MODEL = "model.joblib"

Loaded = TypeVar("Loaded")


def save_student_folder(student: object, card: dict[str, Any], folder: Path) -> None:
    """Write a student beside its folder and move it there, in place of an older one."""
    import joblib
    import sklearn

    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    stale = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    for left_over in (fresh, stale):
        shutil.rmtree(left_over, ignore_errors=True)
    fresh.mkdir()
    try:
        joblib.dump(student, fresh / MODEL, compress=3)
        made_with = {"scikit-learn": sklearn.__version__, "joblib": joblib.__version__}
        card = {**card, "versions": made_with, "sha256": _digest(fresh / MODEL)}
        text = json.dumps(card, indent=2, ensure_ascii=False, sort_keys=True)
        (fresh / CARD).write_text(text + "\n", encoding="utf-8")
        if folder.exists():
            folder.rename(stale)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(stale, ignore_errors=True)


def read_card(folder: Path) -> dict[str, Any]:
    """Return what `student.json` in a folder says.

    Raises:
        StudentError: If the folder or the file is missing or cannot be read.
    """
    path = Path(folder) / CARD
    if not path.parent.is_dir():
        raise StudentError(f"{path.parent}: there is no such folder; train a student first")
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudentError(
            f"{path.parent}: {CARD} is missing or torn ({error}); train the student again"
        ) from error
    if not isinstance(card, dict) or "kind" not in card:
        raise StudentError(f"{path}: says no kind of student; train the student again")
    return card


def load_student_folder(folder: Path, expected: type[Loaded]) -> Loaded:
    """Return the student in a folder, which must be one of the expected class.

    The model is a pickle, so load no folder from people whom you do not trust.

    Raises:
        StudentError: If a file is missing, torn, of another kind, or of another version.
    """
    import joblib

    folder = Path(folder)
    card = read_card(folder)
    kind = getattr(expected, "kind", None)
    if card["kind"] != kind:
        raise StudentError(f"{folder}: holds a student of kind {card['kind']!r}, not {kind!r}")
    path = folder / MODEL
    if not path.is_file():
        raise StudentError(f"{folder}: {MODEL} is missing; train the student again")
    if card.get("sha256") != _digest(path):
        raise StudentError(f"{folder}: {MODEL} is not the one that {CARD} describes; train again")
    try:
        student = joblib.load(path)
    except Exception as error:
        made_with = card.get("versions", {})
        raise StudentError(
            f"{folder}: {MODEL} cannot be read here ({error}); it was made with {made_with}; "
            "install these versions or train again"
        ) from error
    if not isinstance(student, expected):
        raise StudentError(f"{folder}: {MODEL} holds a {type(student).__name__}; train again")
    return student


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
