"""Local copies of films that lie elsewhere, and of the files beside them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from threading import Lock
from typing import Any

from libra_emo.media.sources.addresses import (
    AddressError,
    join_address,
    mask_address,
    name_of,
    open_system,
    parent_address,
    read_stamp,
    tell,
    whole_address,
)
from libra_emo.media.sources.sidecars import INFORMATION_ENDING, SUBTITLE_ENDINGS

STAMPS_FILE = ".stamps.json"
MAX_NAME_BYTES = 200
ATTEMPTS = 3


class LocalCopies:
    """A folder with copies of remote files; what has not changed is not fetched again.

    Each film has a folder of its own there, so that the files beside it lie beside it again.

    Args:
        folder: Where the copies lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._listed: dict[str, list[str]] = {}
        self._lock = Lock()

    def place_of(self, address: str) -> Path:
        """Return where the copy of a film lies, or would lie."""
        digest = hashlib.sha256(address.encode()).hexdigest()[:16]
        return self.folder / digest / _cut_name(name_of(address))

    def fetch(self, address: str) -> Path:
        """Return the copy of a film, fetched where there is none or the film has changed.

        Raises:
            AddressError: If it cannot be fetched.
        """
        place = self.place_of(address)
        _fetch(address, place)
        return place

    def fetch_beside(self, address: str, named: str | None = None) -> Path | None:
        """Fetch what lies beside a film: its information file and its subtitles.

        What cannot be fetched is left out; copies of what is gone are removed.

        Args:
            address: The film.
            named: The address of a subtitle that a manifest names.

        Returns:
            The copy of the named subtitle.
        """
        film = self.place_of(address)
        kept = {film.name, STAMPS_FILE}
        for other in self._beside(address):
            place = film.with_name(_cut_name(name_of(other)))
            if _try_fetch(other, place):
                kept.add(place.name)
        if named is not None:
            place = film.with_name(_cut_name(name_of(named)))
            _try_fetch(named, place)
            kept.add(place.name)
        for path in film.parent.iterdir() if film.parent.is_dir() else ():
            if path.name not in kept:
                path.unlink()
        return None if named is None else film.with_name(_cut_name(name_of(named)))

    def _beside(self, address: str) -> list[str]:
        """Return the addresses of what may belong to a film."""
        stem = Path(name_of(address)).stem
        folder = parent_address(address)
        with self._lock:
            if folder not in self._listed:
                self._listed[folder] = _list_folder(folder)
            found = self._listed[folder]
        endings = (INFORMATION_ENDING, *SUBTITLE_ENDINGS)
        if name_of(address) in map(name_of, found):
            return [
                each
                for each in found
                if name_of(each).startswith(stem) and name_of(each).lower().endswith(endings)
            ]
        # a server that lists nothing may have them nevertheless
        return [join_address(folder, f"{stem}{ending}") for ending in endings]


def _list_folder(folder: str) -> list[str]:
    try:
        system, path = open_system(folder)
        names = system.ls(path, detail=False)
    except Exception:
        return []
    return sorted(whole_address(folder, system, str(name)) for name in names)


def _try_fetch(address: str, place: Path) -> bool:
    try:
        _fetch(address, place)
    except AddressError:
        return False
    return True


def _fetch(address: str, place: Path) -> None:
    system, path = open_system(address)
    stamps = _read_stamps(place.parent)
    try:
        entry: dict[str, Any] = system.info(path)
    except Exception as error:
        gone = isinstance(error, FileNotFoundError)
        if not gone and place.name in stamps and place.is_file():
            return  # nobody answers, but there is a whole copy from before
        raise AddressError(tell(address, error)) from error
    stamp = read_stamp(entry)
    if stamp and stamps.get(place.name) == stamp and place.is_file():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f".{place.name}.part")
    try:
        _get_file(system, path, unfinished)
        size = entry.get("size")
        if size is not None and unfinished.stat().st_size != size:
            raise AddressError(
                f"{mask_address(address)}: it cannot be fetched: it breaks off after "
                f"{unfinished.stat().st_size} of {size} bytes"
            )
        os.replace(unfinished, place)
    except AddressError:
        raise
    except Exception as error:
        raise AddressError(tell(address, error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    _write_stamps(place.parent, {**stamps, place.name: stamp})


def _get_file(system: Any, path: str, place: Path) -> None:
    """Copy a file, again at once where the connection breaks."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            system.get_file(path, str(place))
            return
        except Exception as error:
            final = isinstance(error, FileNotFoundError | PermissionError)
            if final or getattr(error, "status", None) is not None or attempt == ATTEMPTS:
                raise


def _read_stamps(folder: Path) -> dict[str, str]:
    try:
        stamps: dict[str, str] = json.loads((folder / STAMPS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps


def _write_stamps(folder: Path, stamps: dict[str, str]) -> None:
    part = folder / f"{STAMPS_FILE}.part"
    part.write_text(json.dumps(stamps, sort_keys=True), encoding="utf-8")
    os.replace(part, folder / STAMPS_FILE)


def _cut_name(name: str) -> str:
    """Return a file name that file systems take, with its ending."""
    path = Path(name)
    room = MAX_NAME_BYTES - len(path.suffix.encode())
    return path.stem.encode()[:room].decode("utf-8", "ignore") + path.suffix
