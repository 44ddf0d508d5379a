"""The cells of a row by field, and columns that only their cells give away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from libra_emo.annotation.csv_files.cells import BadCell
from libra_emo.annotation.csv_files.columns import Columns
from libra_emo.annotation.csv_files.reader import VoteReader
from libra_emo.annotation.csv_files.rows import Row

LOOKED_AT: Final = 200  # rows by which a column is recognised
_NOT_CHOSEN: Final = ("", "0", "0.0", "false", "none", "nan", "null")


def complete_columns(columns: Columns, rows: list[Row], reader: VoteReader) -> Columns:
    """Return the columns with those of clips and answers that have a name of their own.

    Label Studio calls the column of the answers as the project's author called the question. So a
    column is taken in which most cells are answers, or clips.
    """
    found = dict(columns.places)
    tests: dict[str, Callable[[str], bool]] = {"clip_id": reader.is_clip, "label": reader.is_answer}
    for field in columns.missing:
        if field in tests:
            place = _find_column(rows[:LOOKED_AT], tests[field], {*found.values()})
            if place is not None:
                found[field] = place
    return Columns(found, columns.choices)


def pick_cells(row: Row, columns: Columns, width: int) -> dict[str, str]:
    """Return the cells of a row by field.

    Args:
        row: A row of the file.
        columns: The places of the columns.
        width: Number of columns in the header.

    Raises:
        BadCell: If the row cannot be read, has cells beyond the header, or chooses two answers.
    """
    if row.cells is None:
        raise BadCell("a quotation mark is not closed")
    if any(row.cells[width:]):
        raise BadCell("more cells than columns")
    cells = {
        field: row.cells[place] if place < len(row.cells) else ""
        for field, place in columns.places.items()
    }
    if "label" not in cells:
        cells["label"] = _pick_choice(row.cells, columns.choices)
    return cells


def _pick_choice(cells: list[str], choices: dict[int, str]) -> str:
    chosen = [
        label
        for place, label in choices.items()
        if place < len(cells) and cells[place].casefold() not in _NOT_CHOSEN
    ]
    if len(chosen) > 1:
        raise BadCell(f"{len(chosen)} answers are chosen ({', '.join(chosen)}); one is needed")
    return chosen[0] if chosen else ""


def _find_column(rows: list[Row], fits: Callable[[str], bool], taken: set[int]) -> int | None:
    """Return the column most of whose filled cells fit, or None."""
    best, most = None, 0
    readable = [row.cells for row in rows if row.cells]
    for place in sorted(set(range(max(map(len, readable), default=0))) - taken):
        filled = [cells[place] for cells in readable if place < len(cells) and cells[place]]
        hits = sum(map(fits, filled))
        if hits > most and 2 * hits > len(filled):
            best, most = place, hits
    return best
