"""DFEW and MAFW: sets in five folds, by their owners' files or by lists of frames."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from libra_emo.evaluation.sets.evaluation_set import OwnersClips, left_out_rows, plain_id
from libra_emo.evaluation.sets.set_classes import SetClasses, SetError
from libra_emo.evaluation.sets.tables import (
    CLIP_COLUMNS,
    find_file,
    need_column,
    read_lines,
    read_table,
)

FOLDS = (1, 2, 3, 4, 5)
DFEW_FILES = (
    "DFEW_set_{fold}_{part}.txt",
    "EmoLabel_DataSplit/{part}(single-labeled)/set_{fold}.csv",
    "{part}(single-labeled)/set_{fold}.csv",
    "set_{fold}_{part}.csv",
)
MAFW_FILES = (
    "MAFW_set_{fold}_{part}.txt",
    "Train & Test Set/single/no_caption/set_{fold}/{part}.txt",
    "single/no_caption/set_{fold}/{part}.txt",
    "set_{fold}/{part}.txt",
)
MAFW_ALL = ("caption-label/single_label.txt", "single_label.txt")
IN_NO_FOLD = "in no fold: the owners give it no single label, or do not use it"


def read_dfew(path: Path, fold: int | None, classes: SetClasses) -> OwnersClips:
    """Return the test clips of one fold of DFEW.

    Args:
        path: The owners' folder, a folder of lists of frames, or one file of the fold.
        fold: Number of the fold, 1 when not given (the paper's set_1).
        classes: The set's classes.

    Raises:
        SetError: If there is no such fold or file.
    """
    return _read_fold(path, fold or 1, classes, DFEW_FILES)


def read_mafw(path: Path, fold: int | None, classes: SetClasses) -> OwnersClips:
    """Return clips of MAFW: of one fold, or without a fold all single expressions.

    The arguments are those of `read_dfew`.
    """
    if fold is None:
        file = find_file(path, MAFW_ALL, classes.title)
        return OwnersClips(_read_part(file, classes), left_out_rows([], ""), file)
    return _read_fold(path, fold, classes, MAFW_FILES)


def _read_fold(path: Path, fold: int, classes: SetClasses, files: tuple[str, ...]) -> OwnersClips:
    if fold not in FOLDS:
        raise SetError(f"{classes.title} has the folds 1 to 5; there is no fold {fold}")
    test = find_file(path, [name.format(fold=fold, part="test") for name in files], classes.title)
    clips = _read_part(test, classes)
    left_out = [left_out_rows([], "")]
    used = set(clips["clip_id"])
    for name in files:
        train = path / name.format(fold=fold, part="train")
        if path.is_dir() and train.is_file():
            ids = [clip for clip in _read_part(train, classes)["clip_id"] if clip not in used]
            left_out.append(left_out_rows(ids, f"in the training part of fold {fold}"))
            used.update(ids)
            rest = [plain_id(number, classes.id_digits) for number in range(1, classes.clips + 1)]
            left_out.append(left_out_rows([i for i in rest if i not in used], IN_NO_FOLD))
            break
    return OwnersClips(clips, pd.concat(left_out, ignore_index=True), test)


def _read_part(path: Path, classes: SetClasses) -> pd.DataFrame:
    """Return clip_id and label of one part of a fold."""
    if path.suffix != ".txt":
        table = read_table(path)
        clip = need_column(table, CLIP_COLUMNS, path, "the clips' ids")
        label = need_column(table, ("label", "emotion"), path, "the labels")
        rows = list(zip(table[clip], table[label], strict=True))
    else:
        rows = [_read_line(words, path, classes) for words in read_lines(path)]
    ids = [plain_id(clip, classes.id_digits) for clip, _ in rows]
    return pd.DataFrame({"clip_id": ids, "label": [label for _, label in rows]}, dtype="str")


def _read_line(words: list[str], path: Path, classes: SetClasses) -> tuple[str, str]:
    """Return clip and label of a line: path, frames and code from 0 on; or clip and name."""
    if len(words) < 2:
        raise SetError(f"{path}: the line {words[0]!r} has no label")
    if len(words) == 3 and words[1].isdigit() and words[2].isdigit():
        code = int(words[2])
        if code >= len(classes.names):
            raise SetError(
                f"{path}: {words[0]} has the label {code}; {classes.title} has 0 to "
                f"{len(classes.names) - 1} in lists of frames"
            )
        return words[0], classes.names[code]
    return words[0], words[1]
