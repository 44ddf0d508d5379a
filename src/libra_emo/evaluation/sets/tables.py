"""Tables and lists that people bring: CSV, tab-separated text or Parquet, every cell a text."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.integrity.parquet import read_parquet
from libra_emo.evaluation.sets.set_classes import SetError

CLIP_COLUMNS = ("clip_id", "id", "video_id", "video_name", "video", "name", "file_name", "filename")

HEAD_BYTES = 4096
_SEPARATORS = (",", ";", "\t", "|")


def read_table(path: Path) -> pd.DataFrame:
    """Return a table; what is empty is null, and cells of CSV files are texts.

    The separator of a CSV file is the one of its first line: comma, semicolon, tabulator or bar.

    Raises:
        SetError: If it cannot be read, or two of its columns have the same name.
    """
    try:
        table = _read_parquet(path) if path.suffix == ".parquet" else _read_text(path)
    except OSError as error:
        raise SetError(f"{path}: cannot be read: {error.strerror or error}") from error
    except pd.errors.EmptyDataError as error:
        raise SetError(f"{path}: the file is empty") from error
    except UnicodeError as error:
        raise SetError(f"{path}: is no text in UTF-8; save the table as CSV in UTF-8") from error
    except ValueError as error:
        raise SetError(f"{path}: is no readable table: {_first_line(error)}") from error
    counts = Counter(str(column).strip().casefold() for column in table.columns)
    twice = [name for name, count in counts.items() if name and count > 1]
    if twice:
        raise SetError(f"{path}: two columns are called {twice[0]!r}; keep one of them")
    return table


def _read_parquet(path: Path) -> pd.DataFrame:
    if path.is_file() and not path.stat().st_size:
        raise pd.errors.EmptyDataError
    try:
        table = read_parquet(path)
    except DamagedFileError as error:
        raise ValueError("the file is damaged, or no Parquet") from error
    return table.reset_index() if table.index.name is not None else table


def _read_text(path: Path) -> pd.DataFrame:
    """Return a table of separated values; the names of its columns stay as they are written."""
    with path.open("rb") as file:
        if b"\0" in file.read(HEAD_BYTES):  # UTF-16 without its mark is readable as UTF-8
            raise UnicodeError
    options: dict[str, Any] = {
        "sep": _find_separator(path),
        "dtype": "str",
        "keep_default_na": False,
        "na_values": [""],
        "encoding": "utf-8-sig",
    }
    head = pd.read_csv(path, header=None, nrows=1, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            table: pd.DataFrame = pd.read_csv(path, index_col=False, **options)
        except pd.errors.ParserWarning as warning:
            raise ValueError("a row has more cells than there are columns") from warning
    names = ["" if pd.isna(name) else str(name) for name in head.iloc[0]]
    return table.set_axis(names, axis="columns") if len(names) == table.shape[1] else table


def _find_separator(path: Path) -> str:
    """Return the separator that divides a file's first line into most cells; a comma if none."""
    if path.suffix in (".tsv", ".tab"):
        return "\t"
    with path.open(encoding="utf-8-sig") as file:
        line = next((line for line in file if line.strip()), "")
    return max(_SEPARATORS, key=lambda mark: len(next(csv.reader([line], delimiter=mark))))


def read_lines(path: Path) -> list[list[str]]:
    """Return the words of each line of a text file that is not empty.

    Raises:
        SetError: If it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise SetError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeError as error:
        raise SetError(f"{path}: is no text in UTF-8") from error
    return [words for line in lines if (words := line.split())]


def list_texts(column: pd.Series, path: Path) -> list[str]:
    """Return the cells of a column as texts, empty where there is nothing; 7.0 is the text 7.

    Raises:
        SetError: If a cell is no plain value, such as a list.
    """
    cells = column.astype(object).where(column.notna(), "")
    return [_cell_text(cell, f"{path}: column {column.name!r}") for cell in cells]


def _cell_text(cell: Any, place: str) -> str:
    if isinstance(cell, bytes):
        try:
            cell = cell.decode("utf-8")
        except UnicodeError as error:
            raise SetError(f"{place} has bytes that are no text in UTF-8") from error
    if hasattr(cell, "__iter__") and not isinstance(cell, str):
        raise SetError(f"{place} has lists or objects as cells; give each cell one plain value")
    if isinstance(cell, float) and cell.is_integer():  # ids of a column that has gaps
        cell = int(cell)
    return str(cell).strip()


def find_column(table: pd.DataFrame, names: Iterable[str]) -> str | None:
    """Return the first column that has one of some names, whatever its capitals and spaces."""
    columns = {str(column).strip().casefold(): str(column) for column in table.columns}
    return next((columns[name.casefold()] for name in names if name.casefold() in columns), None)


def need_column(table: pd.DataFrame, names: tuple[str, ...], path: Path, holds: str) -> str:
    """Return the column that has one of some names.

    Raises:
        SetError: If there is none.
    """
    found = find_column(table, names)
    if found is None:
        raise SetError(
            f"{path}: there is no column with {holds}; it may be called {', '.join(names)}, and "
            f"the columns are {', '.join(map(str, table.columns))}"
        )
    return found


def find_file(folder: Path, names: Iterable[str], title: str) -> Path:
    """Return the first of some files that lies in a folder; a file is returned as it is.

    Args:
        folder: Folder of the set, or the file itself.
        names: Places below the folder, best first.
        title: Name of the set, for the message.

    Raises:
        SetError: If there is none.
    """
    if folder.is_file():
        return folder
    places = list(names)
    for name in places:
        if (folder / name).is_file():
            return folder / name
    missing = "is not there" if not folder.exists() else "has none of the owners' files"
    raise SetError(
        f"{folder}: {missing}; {title} is read from a folder that holds "
        f"{' or '.join(places)}, or from such a file (--truth)"
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
