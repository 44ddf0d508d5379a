"""What is remembered of the sources of films that were cut: it stands in while they are away."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from libra_emo.common.digests import digest_file
from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import FileMemory
from libra_emo.media.films.records import read_record, write_record

SOURCE_ENDING: Final = ".source.json"
_KEY: Final = "source 1"  # another form of the content gets another number
SAMPLE_START: Final = "sample-"
_OF_THE_MOMENT: Final = frozenset({"outage", "warning"})  # columns that say how it is now

Row = dict[str, Any]


def remember_sources(
    rows: Iterable[Row],
    texts: Mapping[str, list[Path]],
    folder: Path,
    records: ContentMemory | None = None,
    files: FileMemory | None = None,
) -> None:
    """Write the row of each film, and digests of its subtitle files, where they have changed.

    Args:
        rows: Rows of the sources.
        texts: Id of a film → its subtitle files.
        folder: Folder of the records of films.
        records: Memory of what was written before.
        files: Memory of the digests of files.

    Raises:
        DiskError: If a file cannot be written.
    """
    files = files or FileMemory()
    for row in rows:
        kept = {name: value for name, value in row.items() if name not in _OF_THE_MOMENT}
        path = folder / f"{row['source_id']}{SOURCE_ENDING}"
        known = read_record(path, _KEY, records) or {}
        digests = {
            **known.get("texts", {}),
            **_digest_texts(texts.get(row["source_id"], []), files),
        }
        content = {"row": kept, "texts": digests}
        if content != known:  # so that a run in which nothing changed writes nothing
            write_record(path, _KEY, content)


def read_texts(source_id: str, folder: Path) -> dict[str, str]:
    """Return the digests of a film's subtitle files by name, as they were when it was cut."""
    known = read_record(folder / f"{source_id}{SOURCE_ENDING}", _KEY) or {}
    texts: dict[str, str] = known.get("texts", {})
    return texts


def read_sources(folder: Path, memory: ContentMemory | None = None) -> dict[str, Row]:
    """Return what is remembered of all films, by the path of the film or of its copy.

    Args:
        folder: Folder of the records of films.
        memory: Memory of the records.
    """
    paths = sorted(folder.glob(f"*{SOURCE_ENDING}"))
    records = (read_record(path, _KEY, memory) for path in paths)
    rows = [record["row"] for record in records if record is not None]
    return {row["video_path"]: row for row in rows}


def recall_source(row: Row, remembered: Mapping[str, Row]) -> Row:
    """Return the row of a film; that of an earlier run if the film cannot be reached now.

    Args:
        row: Row of the sources as `describe_fetched` returns it.
        remembered: Rows by the path of the film (`read_sources`).
    """
    failure, reason = row.get("failure"), row.get("reason")
    if failure is None:
        return row
    known = remembered.get(row["video_path"])
    if row["trouble"] is not None:
        if known is None:
            return row
        row = {**row, **{name: value for name, value in known.items() if name in row}}
    if failure == "gone" and not _is_vanished(Path(row["video_path"])):
        advice = "what was made of it is kept until it is taken out of `films`"
        return {**row, "warning": f"{reason}; {advice}", "outage": None}
    return {**row, "outage": reason}


def find_vanished(
    films: Path, found: Iterable[Path], folder: Path, memory: ContentMemory | None = None
) -> list[Path]:
    """Return films that were cut before and whose folder is now empty, as where a disk is away.

    Somebody who takes films out leaves the others, or removes their folder too.

    Args:
        films: Folder of the films.
        found: Films that are there.
        folder: Folder of the records of films.
        memory: Memory of the records.
    """
    here = {path.absolute() for path in found}
    root = films.absolute()
    known = [Path(place).absolute() for place in read_sources(folder, memory)]
    return [
        path
        for path in known
        if path.is_relative_to(root)
        and path not in here
        and not path.name.startswith(SAMPLE_START)
        and _is_vanished(path, root)
    ]


def _is_vanished(path: Path, root: Path | None = None) -> bool:
    """Return whether a missing file may lie on a disk that is away: its folder is empty or missing.

    Args:
        path: The file.
        root: Folder in which a missing folder means that it was removed, unless all is missing.
    """
    if path.exists():
        return False
    parent = path.parent
    if root is None:
        return not parent.is_dir() or not any(os.scandir(parent))
    while parent != root and not parent.exists():
        parent = parent.parent
    return parent.is_dir() and not any(os.scandir(parent))


def _digest_texts(paths: Iterable[Path], files: FileMemory) -> dict[str, str]:
    return {path.name: files.recall(path, digest_file) for path in paths if os.path.isfile(path)}
