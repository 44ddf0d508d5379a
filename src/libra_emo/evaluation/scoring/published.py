"""The scores that the paper published, which reports show beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import ValidationError, model_validator

from libra_emo.common.options import Options, describe_error
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.taxonomy import EMOTIONS_FOLDER, TaxonomyError, read_label_data

FILE = "published_scores"


class PublishedRow(NamedTuple):
    """A published row of a table.

    Attributes:
        table: The table, such as `Table 6`.
        model: Name of the model.
        modalities: What it was shown; empty where the table does not say.
        scores: Score → value as a fraction.
    """

    table: str
    model: str
    modalities: str
    scores: dict[str, float]


class _Row(Options):
    model: str
    modalities: str = ""
    values: tuple[float, ...]


class _Table(Options):
    set: str
    classes: int | None = None
    fold: int | None = None
    columns: tuple[str, ...]
    rows: tuple[_Row, ...]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for row in self.rows:
            if len(row.values) != len(self.columns):
                raise ValueError(f"{row.model} has {len(row.values)} values")
        return self


class _File(Options):
    tables: dict[str, _Table]


def published_rows(
    clips: EvaluationSet, fold: int | None, folder: Path = EMOTIONS_FOLDER
) -> list[PublishedRow]:
    """Return the published rows of the tables on a set.

    Args:
        clips: The set.
        fold: The fold that was scored; the first one when not given.
        folder: Folder of the data file.

    Raises:
        TaxonomyError: If the data file is wrong.
    """
    try:
        tables = _File.model_validate(read_label_data(FILE, folder)).tables
    except ValidationError as error:
        raise TaxonomyError(f"{FILE}.yml: {describe_error(error)}") from error
    return list(_rows(tables, clips, fold or 1))


def _rows(tables: dict[str, _Table], clips: EvaluationSet, fold: int) -> Iterator[PublishedRow]:
    for key, table in tables.items():
        fits = table.set == clips.name and table.fold in (None, fold)
        if not fits or table.classes not in (None, len(clips.classes.names)):
            continue
        for row in table.rows:
            values = (value / 100 for value in row.values)
            scores = dict(zip(table.columns, values, strict=True))
            name = key.replace("_", " ").capitalize()
            yield PublishedRow(name, row.model, row.modalities, scores)
