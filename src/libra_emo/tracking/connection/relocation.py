"""The place of artifacts in MLflow's database, found anew when the project was moved or copied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

# every column in which MLflow keeps an absolute place
_COLUMNS: Final = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def relocate_artifacts(database: Path, experiment: str, artifacts: str, project: Path) -> bool:
    """Let the artifacts of a database lie in its project; return whether something changed.

    MLflow keeps absolute places, so a copied project would write into the original, and show files
    of the original. Only places that end like the configured one are changed: others were chosen.

    Args:
        database: SQLite file of the tracking store; nothing is done where it is missing.
        experiment: Name of the project's experiment.
        artifacts: Folder of the artifacts, relative to the project.
        project: Folder of the project.
    """
    if not database.is_file():
        return False
    new = (project / artifacts).resolve()
    with closing(sqlite3.connect(database, timeout=30.0)) as connection:
        old = _find_place(connection, experiment)
        if old is None or not _is_same_folder(old, artifacts) or _to_path(old) == new:
            return False
        with connection:
            for table, column in _COLUMNS:
                _replace(connection, table, column, old, new.as_uri())
    return True


def _find_place(connection: sqlite3.Connection, experiment: str) -> str | None:
    if not _has(connection, "experiments", "artifact_location"):
        return None
    query = "SELECT artifact_location FROM experiments WHERE name = ?"
    row = connection.execute(query, (experiment,)).fetchone()
    return None if row is None or row[0] is None else str(row[0]).rstrip("/")


def _is_same_folder(place: str, artifacts: str) -> bool:
    folder = Path(artifacts)
    path = _to_path(place)
    return path is not None and path.parts[-len(folder.parts) :] == folder.parts


def _to_path(place: str) -> Path | None:
    parts = urlsplit(place)
    if parts.scheme not in ("", "file"):
        return None
    return Path(unquote(parts.path)) if parts.scheme else Path(place)


def _replace(connection: sqlite3.Connection, table: str, column: str, old: str, new: str) -> None:
    if not _has(connection, table, column):
        return
    # names of tables and columns cannot be parameters; these are our own constants
    statement = (
        f"UPDATE {table} SET {column} = ? || substr({column}, ?)"  # noqa: S608
        f" WHERE {column} = ? OR substr({column}, 1, ?) = ?"
    )
    values = (new, len(old) + 1, old, len(old) + 1, f"{old}/")
    connection.execute(statement, values)


def _has(connection: sqlite3.Connection, table: str, column: str) -> bool:
    columns = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    return (column,) in columns
