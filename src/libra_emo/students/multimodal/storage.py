"""A multimodal student's folder on disk: weights, a card that people can read, measurements."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from libra_emo.common.digests import digest_folder
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.storage import CARD, write_card

FORMAT = 1  # of the folder; 0 is the same without this number
FOLDS = "folds"
MADE_WITH = ("torch", "transformers", "peft")


def write_student(
    card: dict[str, Any], home: Path, weights: str, folds: list[tuple[Path, str]], folder: Path
) -> None:
    """Write a student into an empty or missing folder.

    Weights are linked, not copied, where the file system can do that.

    Args:
        card: What `student.json` says.
        home: The folder that holds the weights by their names, and the measurements.
        weights: The name of those that the student has.
        folds: Folder and name of the weights of each fold's student.
        folder: Where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in (files.LAST, files.BEST):
        if (home / name).is_dir():
            _link(home / name, folder / name)
    for number, (place, name) in enumerate(folds):
        _link(place / name, folder / FOLDS / str(number) / name)
    for name in (files.MEASUREMENTS, files.RESULT):
        if (home / name).is_file():
            shutil.copy2(home / name, folder / name)
    whole = {
        **card,
        "format": FORMAT,
        "weights": weights,
        "fold_weights": [name for _, name in folds],
        "weights_sha256": digest_folder(folder / weights),
    }
    write_card(folder, whole, MADE_WITH)


def check_weights(folder: Path, card: dict[str, Any]) -> None:
    """Raise unless a student's folder holds the weights that its card describes.

    Raises:
        StudentError: If they are missing or others.
    """
    weights = folder / str(card.get("weights"))
    if not weights.is_dir():
        raise StudentError(f"{folder}: its weights {weights.name} are missing; train again")
    if digest_folder(weights) != card.get("weights_sha256"):
        raise StudentError(
            f"{folder}: the weights in {weights.name} are not those that {CARD} describes; "
            "train again"
        )
    for number, name in enumerate(card.get("fold_weights", [])):
        if not (folder / FOLDS / str(number) / name).is_dir():
            raise StudentError(f"{folder}: the weights of fold {number} are missing; train again")


def _link(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, copy_function=os.link, dirs_exist_ok=True)
    except (OSError, shutil.Error):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
