"""What a node tells the program that trains, and what the program tells back, as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from libra_emo.common.digests import digest_json
from libra_emo.students.errors import StudentError

SPECIFICATION = "specification.json"
EXAMPLES = "examples.jsonl"
VALIDATION = "validation.jsonl"
MEASUREMENTS = "measurements.jsonl"
RESULT = "result.json"
TROUBLE = "trouble.json"
LOG = "program.log"
LOCK = "running.lock"
LAST = "last"
BEST = "best"
VERSION = 1
DIGEST_LETTERS = 16  # of a training's digest, that name its folder


class Specification(BaseModel):
    """A training, whole: a program that is given this file needs nothing else.

    Attributes:
        version: Of this form.
        name: What the training is called.
        multimodal: The student's options, its fine-tuning among them.
        labels: The label of every example, in the examples' order; decides the order of learning.
        taxonomy: The labels that may be answered.
        shards: The folder of clips.
        seed: Of order, augmentation, and the matrices' first values.
        batch: The arithmetic: processes, micro_batch_clips, accumulation, steps_per_epoch, epochs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = VERSION
    name: str = "fine-tuning"
    multimodal: dict[str, Any]
    labels: list[str]
    taxonomy: list[str]
    shards: Path
    seed: int
    batch: dict[str, int]


def digest_training(specification: Specification, *examples: list[dict[str, Any]]) -> str:
    """Return a digest of all that shapes the weights: options, seed, and every example's words.

    Where the clips lie and how many processes learn them is left out, but the batch is not.
    """
    told = specification.model_dump(mode="json", exclude={"shards", "version", "name"})
    return digest_json([told, *examples])


def read_specification(path: Path) -> Specification:
    """Return what a node wrote.

    Raises:
        StudentError: If the file is missing or not of this version.
    """
    try:
        found = Specification.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise StudentError(
            f"{path}: cannot be read as a training's specification: {error}"
        ) from error
    if found.version != VERSION:
        raise StudentError(f"{path}: is of version {found.version}, this program reads {VERSION}")
    return found


def read_result(run: Path) -> dict[str, Any] | None:
    """Return what a finished training told, or None while there is none."""
    try:
        found: dict[str, Any] = json.loads((run / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
