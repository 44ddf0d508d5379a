"""The training of a fine-tuned student, read from its folder: digests, curves, where it lies."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from libra_emo.common.files import read_lines
from libra_emo.students.multimodal.training.specification import DIGEST_LETTERS, MEASUREMENTS

CARD = "student.json"
# parts of a line that are no measurements
_NOT_MEASURED = ("kind", "step", "time")
_DIGESTS = ("prompt_sha256", "frames_sha256", "examples_sha256", "weights_sha256")


@dataclass(frozen=True)
class Point:
    """One measurement: its metric, after which update, its value, and when (milliseconds)."""

    name: str
    step: int
    value: float
    time_ms: int


@dataclass(frozen=True)
class FineTuning:
    """The training of a fine-tuned student; empty for other students.

    Attributes:
        parameters: Checkpoint, sizes and digests of what was trained on, as text.
        points: Losses, learning rate, speed, memory, and scores by label.
        reference: Where the weights lie, and their digest: an artifact that is not copied.
        training: Beginning of the digest of all that shaped the weights.
    """

    parameters: dict[str, str] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    reference: dict[str, Any] = field(default_factory=dict)
    training: str = ""


def read_fine_tuning(folder: Path, project: Path) -> FineTuning:
    """Return the training of a student; an empty one for a student that was not fine-tuned.

    Args:
        folder: Folder of the student.
        project: Folder where the reference's path starts.
    """
    card = _read_card(folder)
    if card.get("kind") != "multimodal":
        return FineTuning()
    values = {name: card[name] for name in ("checkpoint", "family", *_DIGESTS) if name in card}
    numbers = card.get("training", {})
    values |= {f"fine_tuning.{name}": value for name, value in numbers.items()}
    place = folder.relative_to(project) if folder.is_relative_to(project) else Path(folder.name)
    reference = {
        "path": place.as_posix(),
        "weights": card.get("weights"),
        "sha256": card.get("weights_sha256"),
    }
    parameters = {name: str(value) for name, value in values.items()}
    training = str(card.get("training_sha256", ""))[:DIGEST_LETTERS]
    return FineTuning(parameters, tuple(read_points(folder / MEASUREMENTS)), reference, training)


def _read_card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card


def read_points(path: Path) -> list[Point]:
    """Return the points of a file of measurements, without a last line that is being written."""
    points = []
    for line in read_lines(path):
        when = int(line["time"] * 1000)
        points += [
            Point(f"{line['kind']}/{name}", line["step"], float(value), when)
            for name, value in line.items()
            if name not in _NOT_MEASURED and isinstance(value, int | float)
        ]
    return points
