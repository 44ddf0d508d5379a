"""The rows of a CSV text: its separator, its header, and rows that cost only themselves."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

SEPARATORS: Final = (",", ";", "\t", "|", "，", "；")
MOST_LINES: Final = 50  # of one cell; a quotation mark that is never closed ends there
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_DECLARED: Final = re.compile(r'"?sep=(.|\\t)"?[,;\t]*', re.IGNORECASE)

csv.field_size_limit(2**31 - 1)


class Row(NamedTuple):
    """A row of a file.

    Attributes:
        line: Number of the line where it begins; the first line of the file is 1.
        cells: Its cells without white space at their ends; None if it cannot be read.
    """

    line: int
    cells: list[str] | None


class Table(NamedTuple):
    """The header of a CSV text and the rows below it; blank rows are left out."""

    header: list[str]
    rows: Iterator[Row]


def read_rows(text: str, weigh: Callable[[list[str]], int]) -> Table:
    """Return the header and the rows of a CSV text.

    The separator is that of a line `sep=;` at the top, as Excel writes it, or else the one whose
    header is known best.

    Args:
        text: Content of the file.
        weigh: Number of column names that are known in a header.
    """
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    place = _skip_blank(lines, 0)
    separators: Sequence[str] = SEPARATORS
    if place < len(lines) and (declared := _DECLARED.fullmatch(lines[place].strip())):
        separators = ["\t" if declared[1] == "\\t" else declared[1]]
        place = _skip_blank(lines, place + 1)
    if place == len(lines):
        return Table([], iter(()))
    headers = [_parse([lines[place]], separator) or [] for separator in separators]
    weights = [weigh(header) for header in headers]
    best = weights.index(max(weights))
    return Table(headers[best], _read(lines, place + 1, separators[best], len(headers[best])))


def _read(lines: list[str], place: int, separator: str, width: int) -> Iterator[Row]:
    while place < len(lines):
        line = lines[place]
        cells: list[str] | None
        if '"' not in line:
            cells, used = [cell.strip() for cell in line.split(separator)], 1
        else:
            cells, used = _read_quoted(lines, place, separator, width)
        if cells is None or any(cells):
            yield Row(place + 1, cells)
        place += used


def _read_quoted(
    lines: list[str], place: int, separator: str, width: int
) -> tuple[list[str] | None, int]:
    """Return the cells of a row with quotation marks, and how many lines it takes.

    A cell may hold line ends. If the mark that opens it is never closed, or rows of their own stand
    where the cell would go on, the row is bad and the next line begins another one.
    """
    for used in range(1, min(MOST_LINES, len(lines) - place) + 1):
        cells = _parse(lines[place : place + used], separator)
        if cells is None:
            continue
        inner = lines[place + 1 : place + used]
        if used > 1 and (
            _filled(cells) > width or any(_is_row(x, separator, width) for x in inner)
        ):
            break
        return cells, used
    return None, 1


def _parse(lines: list[str], separator: str) -> list[str] | None:
    """Return the cells of a row, or None if a quotation mark is not closed."""
    try:
        rows = list(csv.reader([line + "\n" for line in lines], delimiter=separator, strict=True))
    except csv.Error:
        return None
    return [cell.strip() for cell in rows[0]] if len(rows) == 1 else None


def _is_row(line: str, separator: str, width: int) -> bool:
    return width > 1 and line.count(separator) >= width - 1


def _filled(cells: list[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell), default=0)


def _skip_blank(lines: list[str], place: int) -> int:
    while place < len(lines) and not lines[place].strip(' \t,;|"'):
        place += 1
    return place
