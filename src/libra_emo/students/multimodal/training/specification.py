"""The files by which a node and the training program talk: a specification, examples, a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

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
ALIVE = "alive"  # folder of signs of life
MEETING = "meeting.json"
LAST = "last"
BEST = "best"
VERSION = 1
# options of the launcher that shape no weight
_ONLY_STARTING = ("start", "ssh_command", "srun_options", "environment", "silence_seconds")
DIGEST_LETTERS = 16  # of a training's digest, that name its folder


class Start(Options):
    """One start of a training: by whom, where, and with which environment.

    Attributes:
        token: Name of this start, which no other has.
        machine: Machine of the process that started it.
        slots: Number of processes on each machine.
        names: Names of the machines; none for the starter's alone, or where SLURM knows them.
        cuda: Whether it runs on GPUs.
        environment: Variables that every machine sets before the program starts.
        silence_seconds: Seconds without a sign of life of the starter after which processes on
            other machines end.
    """

    token: str
    machine: str
    slots: list[int]
    names: list[str] = Field(default_factory=list)
    cuda: bool = False
    environment: dict[str, str] = Field(default_factory=dict)
    silence_seconds: float = 30.0


class Specification(Options):
    """A whole training; with the examples, the program needs nothing else.

    Attributes:
        version: Version of this form.
        name: Name of the training.
        multimodal: Options of the student, its fine-tuning among them.
        labels: Label of every example, in the examples' order; decides the order of learning.
        taxonomy: Labels that may be answered.
        shards: Folder of the clips, or its address without a login.
        seed: Seed of the order, the augmentation, and the first values of the matrices.
        batch: Values of `Batches`.
        start: Who started it, and where; None where the program is run by hand.
    """

    version: int = VERSION
    name: str = "fine-tuning"
    multimodal: dict[str, Any]
    labels: list[str]
    taxonomy: list[str]
    shards: str
    seed: int
    batch: dict[str, int]
    start: Start | None = None


def digest_training(specification: Specification, *examples: list[dict[str, Any]]) -> str:
    """Return a digest of all that shapes the weights: options, seed, and every example's words.

    The folder of the clips is left out, and how the program is started.
    """
    shaping = specification.model_dump(mode="json", exclude={"shards", "version", "name", "start"})
    for name in _ONLY_STARTING:
        shaping["multimodal"].get("training", {}).get("launcher", {}).pop(name, None)
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
