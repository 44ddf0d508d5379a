"""Results that are no longer current: they are set aside, and removed when the run has ended well.

Results are set aside for two reasons. Those of a film that was taken out of `films`, whose content
has changed or that is cut anew are superseded; they go when a run has ended well. Those of a film
that could not be cut anew are retained until it can be, or is taken out.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from libra_emo.common.files import raise_if_disk
from libra_emo.media.films.cache import RECORD_ENDING, OutputFolders

FOLDER_NAME: Final = ".set_aside"
_CLIP: Final = re.compile(r"(.+)-[0-9]{8,}-[0-9]{8,}\.mp4")
_ENDINGS: Final = (".mp4", ".tar", ".json")

State = Literal["superseded", "retained"]
STATES: Final[tuple[State, ...]] = ("superseded", "retained")


class Retention:
    """The results of films in their folders, and those that are set aside.

    Args:
        folders: Folders for clip files, shards and records of films.
    """

    def __init__(self, folders: OutputFolders) -> None:
        self._places = {
            "clips": folders.clips,
            "shards": folders.shards,
            "records": folders.records,
        }
        self._root = folders.records.with_name(FOLDER_NAME)

    def restore(self) -> None:
        """Move everything back whose place is free: the run before has not ended well.

        Raises:
            DiskError: If a file cannot be moved.
        """
        for state in STATES:
            for kind, folder in self._places.items():
                for name in _list_files(self._root / state / kind):
                    if not (folder / name).exists():
                        _move(self._root / state / kind / name, folder / name)

    def set_films_aside(self, source_ids: Collection[str]) -> None:
        """Set the clips, shards and records of films aside that are about to be cut anew.

        What has no record is left of a killed run, and is written over.

        Raises:
            DiskError: If a file cannot be moved.
        """
        records = self._places["records"]
        finished = {name for name in source_ids if (records / f"{name}{RECORD_ENDING}").exists()}
        for kind, folder in self._places.items():
            for name in _list_files(folder):
                is_result = kind != "records" or name.endswith(RECORD_ENDING)
                if is_result and film_of(_last(name)) in finished:
                    self._set_aside(name, folder / name, kind, "superseded")

    def settle(self, current: Mapping[str, Collection[str]], failed: Collection[str]) -> list[str]:
        """Set every file aside that is not current, and return the names of these files, sorted.

        Args:
            current: Names of the files that are current, by `clips`, `shards` and `records`; the
                name of a clip file has its film's folder, such as `film/clip.mp4`.
            failed: Ids of films that could not be cut: what was made of them before is retained.

        Raises:
            DiskError: If a file cannot be moved.
        """
        moved = []
        for kind, folder in self._places.items():
            for name in _list_files(folder):
                if name not in current[kind]:
                    self._set_aside(name, folder / name, kind, _state_of(name, failed))
                    moved.append(name)
            for state in STATES:
                place = self._root / state / kind
                for name in _list_files(place):
                    if _state_of(name, failed) != state:
                        self._set_aside(name, place / name, kind, _state_of(name, failed))
        return sorted(moved)

    def set_records_aside(self, ending: str, current: Collection[str]) -> None:
        """Set records with an ending aside that are not current.

        Raises:
            DiskError: If a file cannot be moved.
        """
        records = self._places["records"]
        for name in _list_files(records):
            if name.endswith(ending) and name not in current:
                self._set_aside(name, records / name, "records", "superseded")

    def _set_aside(self, name: str, path: Path, kind: str, state: State) -> None:
        _move(path, self._root / state / kind / name)
        if "/" in name:
            with suppress(OSError):  # the film has other clips
                path.parent.rmdir()


def remove_superseded(records: Path) -> None:
    """Remove what is superseded; called when a run has ended well.

    Args:
        records: Folder of the records of films.
    """
    root = records.with_name(FOLDER_NAME)
    shutil.rmtree(root / "superseded", ignore_errors=True)
    if root.is_dir() and not any(path.is_file() for path in root.rglob("*")):
        shutil.rmtree(root, ignore_errors=True)


def film_of(name: str) -> str:
    """Return the id of the film to which a clip file, a shard or a record belongs."""
    match = _CLIP.fullmatch(name)
    return match.group(1) if match else name.partition(".")[0]


def _state_of(name: str, failed: Collection[str]) -> State:
    return "retained" if film_of(_last(name)) in failed else "superseded"


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _list_files(folder: Path) -> list[str]:
    """Return the names of the files of films, sorted; parts of files are left out.

    The clips of a film lie in a folder of its own, so the folders in `folder` are listed, too. The
    name of such a file has the folder's name.
    """
    if not folder.is_dir():
        return []
    names = sorted(name for entry in os.scandir(folder) for name in _list_entry(entry))
    return [name for name in names if _is_result(_last(name))]


def _is_result(name: str) -> bool:
    return name.endswith(_ENDINGS) and not name.startswith(".")


def _list_entry(entry: os.DirEntry[str]) -> list[str]:
    if entry.is_dir() and entry.name[0] != ".":
        return [f"{entry.name}/{name}" for name in os.listdir(entry.path)]
    return [entry.name]


def _move(path: Path, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(path, place)
        except OSError:
            shutil.move(path, place)  # to another disk
    except OSError as error:
        raise_if_disk(error, place)
        raise
