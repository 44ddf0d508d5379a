"""Which form a file of answers has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from libra_emo.evaluation.answers.answer_file import AnswerError, AnswerFile
from libra_emo.evaluation.answers.inspect_archive import read_archive
from libra_emo.evaluation.answers.inspect_log import is_inspect_log, read_inspect_log
from libra_emo.evaluation.answers.lmms_eval import is_lmms_eval, read_lmms_eval
from libra_emo.evaluation.answers.table_answers import read_table_answers
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet

TABLES = (".csv", ".tsv", ".tab", ".parquet")
FORMS = "CSV, TSV, Parquet, lmms-eval's samples (.jsonl), or a log of inspect (.json or .eval)"


def read_answers(path: Path, clips: EvaluationSet) -> list[AnswerFile]:
    """Return the answers in a file, one entry a model.

    Args:
        path: The file: CSV, TSV or Parquet, lmms-eval's samples, or a log of inspect.
        clips: The set that was asked about, by which ids are found.

    Raises:
        AnswerError: If the file has none of these forms or does not fit the set.
    """
    if path.suffix in TABLES:
        return read_table_answers(path)
    if path.suffix == ".eval":
        return [read_inspect_log(path, read_archive(path))]
    first = _first_object(path)
    if isinstance(first, dict) and is_lmms_eval(first):
        return [read_lmms_eval(path, clips)]
    if is_inspect_log(first):
        return [read_inspect_log(path, first)]
    raise AnswerError(f"{path}: this is no file of answers; it may be {FORMS}")


def _first_object(path: Path) -> Any:
    """Return the object on the first line, or the whole file's."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            line = next((line for line in file if line.strip()), "")
            if not line:
                raise AnswerError(f"{path}: the file is empty")
            try:
                return json.loads(line)
            except ValueError:
                return json.loads(line + file.read())
    except UnicodeError as error:
        raise AnswerError(f"{path}: is no text in UTF-8; it may be {FORMS}") from error
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"{path}: this is no file of answers; it may be {FORMS}") from error
    except OSError as error:
        raise AnswerError(f"{path}: cannot be read: {error.strerror or error}") from error
