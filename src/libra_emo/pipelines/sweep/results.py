"""Answers of trained students, kept so that no student is trained twice, whatever the sweep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.code_digests import find_reach, source_tree
from libra_emo.common.digests import digest_json
from libra_emo.common.integrity.beside import new_checked_file, read_checked
from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.options import Options


class TrainedAnswers(Options):
    """The answers of one trained student to the clips of the bench.

    Attributes:
        key: Digest of all that the student was made from.
        clips: Clips that it learnt.
        predicted: Label of each clip; None where the answer had none.
    """

    key: str
    clips: int
    predicted: dict[str, str | None]


def digest_table(table: pd.DataFrame) -> str:
    """Return a digest of a table's rows and columns."""
    rows = pd.util.hash_pandas_object(table, index=False).to_numpy()
    return digest_json([list(map(str, table.columns)), rows.tobytes().hex()])


def digest_training(parts: dict[str, Any]) -> str:
    """Return the digest of a training: its inputs, and the code that trains students."""
    tree = source_tree(["libra_emo"])
    starts = [
        ("libra_emo.pipelines.sweep.training", "train_and_answer"),
        ("libra_emo.students", "fit_student"),
    ]
    return digest_json([parts, find_reach(tree, starts).digest])


def keep_answers(folder: Path, key: str, make: Callable[[], TrainedAnswers]) -> TrainedAnswers:
    """Return the kept answers of a training, or make and keep them.

    A file that is damaged, or that was made from something else, is made again.
    """
    path = folder / f"{key[:32]}.json"
    try:
        found = TrainedAnswers.model_validate_json(read_checked(path))
        if found.key == key:
            return found
    except (OSError, ValueError, DamagedFileError):
        pass
    result = make()
    with new_checked_file(path) as part:
        part.write_text(result.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return result
