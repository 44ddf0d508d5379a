"""The files by which a node and the training program talk: a specification, examples, a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from libra_emo.common.digests import digest_json
from libra_emo.common.options import Options, describe_error
from libra_emo.students.errors import StudentError

SPECIFICATION = "specification.json"
EXAMPLES = "examples.jsonl"
VALIDATION = "validation.jsonl"
MEASUREMENTS = "measurements.jsonl"
RESULT = "result.json"
ERROR = "error.json"
LOG = "program.log"
LOCK = "running.lock"
STARTER = "starter.txt"
LAST = "last"
BEST = "best"
VERSION = 1
DIGEST_LETTERS = 16  # of a training's digest, that name its folder


class Specification(Options):
    """A whole training; with the examples, the program needs nothing else.

    Attributes:
        version: Version of this form.
        name: Name of the training.
        multimodal: Options of the student, its fine-tuning among them.
        labels: Label of every example, in the examples' order; decides the order of learning.
        taxonomy: Labels that may be answered.
        shards: Folder of the clips.
        seed: Seed of the order, the augmentation, and the first values of the matrices.
        batch: Values of `Batches`.
    """

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

    The folder of the clips is left out.
    """
    shaping = specification.model_dump(mode="json", exclude={"shards", "version", "name"})
    return digest_json([shaping, *examples])


def read_specification(path: Path) -> Specification:
    """Return the specification that a node wrote.

    Raises:
        StudentError: If the file is missing or not of this version.
    """
    try:
        found = Specification.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        cause = describe_error(error) if isinstance(error, ValidationError) else error
        raise StudentError(
            f"{path}: cannot be read as the specification of a training: {cause}"
        ) from error
    if found.version != VERSION:
        raise StudentError(f"{path}: is of version {found.version}, this program reads {VERSION}")
    return found


def read_result(run: Path) -> dict[str, Any] | None:
    """Return the result of a finished training, or None while there is none."""
    try:
        found: dict[str, Any] = json.loads((run / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
