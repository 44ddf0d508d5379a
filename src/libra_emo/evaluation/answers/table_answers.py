"""Answers in CSV or Parquet: labels or raw replies, of one model or of several."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from libra_emo.common.modalities import parse_modalities
from libra_emo.evaluation.answers.answer_file import STATUS_OF, AnswerError, AnswerFile, RawAnswer
from libra_emo.evaluation.sets.tables import (
    CLIP_COLUMNS,
    find_column,
    list_texts,
    need_column,
    read_table,
)

LABEL_COLUMNS = ("predicted", "prediction", "predicted_label", "pred", "label", "emotion")
REPLY_COLUMNS = ("reply", "raw_reply", "response", "raw", "output", "answer", "text")
MODEL_COLUMNS = ("model", "voter")
FINISH_COLUMNS = ("finish", "finish_reason", "stop_reason")
PROMPT_COLUMNS = ("prompt_version", "prompt_hash", "prompt_id")
PROBABILITY = "p_"


def read_table_answers(path: Path) -> list[AnswerFile]:
    """Return the answers in a table, one entry a model and what it was shown.

    Columns: an id (`clip_id` …), a label (`predicted` …, empty where it could not be read) or a
    raw reply (`reply` …), and where known `status`, `finish_reason`, `model`, `modalities`,
    `prompt_version` and `p_<label>`.

    Raises:
        AnswerError: If a column is missing or a cell cannot be understood.
        SetError: If it is no table.
    """
    table = read_table(path)
    need_column(table, CLIP_COLUMNS, path, "the clips' ids")
    label, reply = find_column(table, LABEL_COLUMNS), find_column(table, REPLY_COLUMNS)
    if label is None and reply is None:
        raise AnswerError(
            f"{path}: there is no column with labels ({', '.join(LABEL_COLUMNS)}) nor one with "
            f"replies ({', '.join(REPLY_COLUMNS)})"
        )
    if table.empty:
        raise AnswerError(f"{path}: there is no answer below the names of the columns")
    found = []
    for model, shown, rows in _by_model(table, path):
        answers = tuple(_answers(rows, label, reply, path))
        shares, prompt = _probabilities(rows, path), list_prompt_versions(rows, path)
        found.append(AnswerFile(model, shown, path, answers, label is not None, shares, prompt))
    return found


def _by_model(table: pd.DataFrame, path: Path) -> Iterator[tuple[str, str, pd.DataFrame]]:
    columns = [find_column(table, names) for names in (MODEL_COLUMNS, ("modalities",))]
    keys = [name for name in columns if name is not None]
    if not keys:
        yield path.stem, "", table
        return
    for _, rows in table.groupby(keys, sort=False, dropna=False, observed=True):
        model, shown = (_texts(rows.head(1), name, path)[0] for name in columns)
        model = model or path.stem
        try:
            yield model, parse_modalities(shown) if shown else "", rows
        except ValueError as error:
            raise AnswerError(f"{path}: modalities: {error}") from error


def _answers(
    rows: pd.DataFrame, label: str | None, reply: str | None, path: Path
) -> Iterator[RawAnswer]:
    clip = need_column(rows, CLIP_COLUMNS, path, "the clips' ids")
    names = (clip, label, reply, find_column(rows, FINISH_COLUMNS), find_column(rows, ("status",)))
    columns = [_texts(rows, name, path) for name in names]
    for clip_id, given, said, finish, status in zip(*columns, strict=True):
        if not clip_id:
            raise AnswerError(f"{path}: a row has no clip id")
        yield RawAnswer(
            clip_id,
            given or None,
            said or None,
            finish or None,
            _status(status, clip_id, path) if status else None,
        )


def list_prompt_versions(rows: pd.DataFrame, path: Path) -> str:
    """Return the versions of the prompt that a table gives, the first one first; empty if none."""
    versions = _texts(rows, find_column(rows, PROMPT_COLUMNS), path)
    return ", ".join(dict.fromkeys(version for version in versions if version))


def _texts(rows: pd.DataFrame, name: str | None, path: Path) -> list[str]:
    """Return the cells of a column as texts, empty where there is nothing or no such column."""
    return [""] * len(rows) if name is None else list_texts(rows[name], path)


def _status(word: str, clip_id: str, path: Path) -> str:
    if word.casefold() not in STATUS_OF:
        raise AnswerError(
            f"{path}: clip {clip_id} has the status {word!r}; known are {', '.join(STATUS_OF)}"
        )
    return STATUS_OF[word.casefold()]


def _probabilities(rows: pd.DataFrame, path: Path) -> dict[str, tuple[float, ...]] | None:
    columns = [name for name in map(str, rows.columns) if name.strip().startswith(PROBABILITY)]
    if not columns:
        return None
    try:
        values = rows[columns].astype(float)
    except (ValueError, TypeError) as error:
        raise AnswerError(f"{path}: a probability is no number: {error}") from error
    if ((values < 0) | (values > 1 + 1e-6)).any(axis=None):
        raise AnswerError(f"{path}: a probability is not between 0 and 1")
    return {name.strip().removeprefix(PROBABILITY): tuple(values[name]) for name in columns}
