"""The rows of a manifest file, read one by one, so that a broken row costs itself alone."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

MAX_ROW_LINES = 20  # a text in quotes that is longer is one whose end is missing
MAX_CHARACTERS = 20_000  # of a row; no title or address is so long


@dataclass(frozen=True)
class ManifestRow:
    """A row of a manifest.

    Attributes:
        number: Number of the row below the header, from 1.
        values: Column → value.
        trouble: Why the row cannot be read, if so.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    trouble: str | None = None


def read_csv_rows(content: bytes) -> tuple[list[str], list[ManifestRow]]:
    """Return the columns of a CSV file, and its rows.

    A row with bytes that are no UTF-8, with too many values, or with quotes that are not closed is
    broken, and the next line begins a new row.
    """
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    texts = [line.decode("utf-8", "surrogateescape") for line in lines]
    place = next((number for number, text in enumerate(texts) if text.strip()), len(texts))
    if place == len(texts):
        raise ValueError("it is empty")
    columns, place = _read_header(texts, place)
    rows: list[ManifestRow] = []
    while place < len(texts):
        if not texts[place].strip():
            place += 1
            continue
        row, place = _read_row(texts, place, columns, len(rows) + 1)
        if row.trouble is not None or any(value.strip() for value in row.values.values()):
            rows.append(row)
    return columns, rows


def read_parquet_rows(file: Any) -> tuple[list[str], list[ManifestRow]]:
    """Return the columns of a Parquet file, and its rows."""
    table = pd.read_parquet(file)
    columns = [str(name) for name in table.columns]
    records = table.to_dict("records")
    return columns, [
        ManifestRow(number, {str(name): value for name, value in record.items()})
        for number, record in enumerate(records, start=1)
    ]


def _read_header(texts: list[str], place: int) -> tuple[list[str], int]:
    try:
        values = next(csv.reader(io.StringIO(texts[place]), strict=True))
    except (csv.Error, StopIteration):
        values = texts[place].split(",")
    return [value.strip() for value in values], place + 1


def _read_row(
    texts: list[str], place: int, columns: list[str], number: int
) -> tuple[ManifestRow, int]:
    """Return the row that begins at a line, and the line at which the next one begins."""
    for end in range(place + 1, min(place + MAX_ROW_LINES, len(texts)) + 1):
        values = _split("".join(texts[place:end]))
        if values is not None and len(values) <= len(columns):
            return _check(values, columns, number), end
        if values is not None and end == place + 1:
            reason = f"it has {len(values)} values for {len(columns)} columns"
            named = dict(zip(columns, values, strict=False))
            return ManifestRow(number, named, reason), place + 1
    named = dict(zip(columns, texts[place].strip().split(","), strict=False))
    return ManifestRow(number, named, "its quotes are not closed"), place + 1


def _split(text: str) -> list[str] | None:
    """Return the values of one row; None if it is not whole."""
    if len(text) > MAX_CHARACTERS:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _check(values: list[str], columns: list[str], number: int) -> ManifestRow:
    named: dict[str, Any] = dict(zip(columns, values, strict=False))
    text = "".join(values)
    if any("\ud800" <= char <= "\udfff" for char in text):
        return ManifestRow(number, named, "it is not in UTF-8; save the manifest as UTF-8")
    if "\x00" in text:
        return ManifestRow(number, named, "it has a zero byte")
    return ManifestRow(number, named)
