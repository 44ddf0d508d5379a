"""Results of single settings, kept so that a sweep that ended early goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.code_digests import find_reach, source_tree
from libra_emo.common.digests import digest_json
from libra_emo.common.files import write_json
from libra_emo.common.options import Options


class SettingResult(Options):
    """The result of a setting.

    Attributes:
        key: Digest of all that it was made from.
        clips: Clips that the student learnt.
        scores: Scores on the bench with intervals.
        n: Clips of the bench.
        films: Films of the bench.
    """

    key: str
    clips: int
    scores: dict[str, float | None]
    n: int
    films: int


def digest_table(table: pd.DataFrame) -> str:
    """Return a digest of a table's rows and columns."""
    rows = pd.util.hash_pandas_object(table, index=False).to_numpy()
    return digest_json([list(map(str, table.columns)), rows.tobytes().hex()])


def digest_training(parts: dict[str, Any]) -> str:
    """Return the digest of a setting: its inputs, and the code that trains and scores students."""
    tree = source_tree(["libra_emo"])
    starts = [
        ("libra_emo.pipelines.sweep.training", "train_and_score"),
        ("libra_emo.students", "fit_student"),
    ]
    return digest_json([parts, find_reach(tree, starts).digest])


def keep_result(folder: Path, key: str, make: Callable[[], SettingResult]) -> SettingResult:
    """Return the kept result of a setting, or make and keep it.

    A file that cannot be read, or that was made from something else, is made again.
    """
    path = folder / f"{key[:32]}.json"
    try:
        found = SettingResult.model_validate_json(path.read_text(encoding="utf-8"))
        if found.key == key:
            return found
    except (OSError, ValueError):
        pass
    result = make()
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path, result.model_dump())
    return result
