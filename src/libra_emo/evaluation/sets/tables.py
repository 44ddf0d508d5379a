"""Tables and lists that people bring: CSV, tab-separated text or Parquet, every cell a text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.integrity.parquet import read_parquet
from libra_emo.evaluation.sets.set_classes import SetError

CLIP_COLUMNS = ("clip_id", "id", "video_id", "video_name", "video", "name", "file_name", "filename")


def read_table(path: Path) -> pd.DataFrame:
    """Return a table with its cells as texts; what is empty is null.

    Raises:
        SetError: If it cannot be read.
    """
    try:
        if path.suffix == ".parquet":
            return read_parquet(path)
        separator = "\t" if path.suffix in (".tsv", ".tab") else ","
        return pd.read_csv(
            path, sep=separator, dtype="str", keep_default_na=False, na_values=[""],
            encoding="utf-8-sig",
        )  # fmt: skip
    except OSError as error:
        raise SetError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, UnicodeError, DamagedFileError) as error:
        raise SetError(f"{path}: is no readable table: {_first_line(error)}") from error


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


def find_column(table: pd.DataFrame, names: Iterable[str]) -> str | None:
    """Return the first column that has one of some names, whatever its capitals."""
    columns = {str(column).casefold(): str(column) for column in table.columns}
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
