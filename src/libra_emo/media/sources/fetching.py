"""Local copies of remote films, and of the files beside them."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock
from typing import Any

from libra_emo.common.digests import digest_text
from libra_emo.common.files import new_file, write_text
from libra_emo.media.sources.addresses import (
    AddressError,
    describe_failure,
    join_address,
    mask_address,
    name_of,
    open_system,
    parent_address,
    read_stamp,
    whole_address,
)
from libra_emo.media.sources.sidecars import INFORMATION_ENDING, SUBTITLE_ENDINGS

STAMPS_FILE = ".stamps.json"
MAX_NAME_BYTES = 200
ATTEMPTS = 3


class LocalCopies:
    """A folder with copies of remote files; a file is fetched again only if it has changed.

    Each film has a subfolder of its own, which also holds copies of the files beside it.

    Args:
        folder: Folder for the copies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._listed: dict[str, list[str]] = {}
        self._lock = Lock()

    def place_of(self, address: str) -> Path:
        """Return the path of the copy of a film, whether or not it exists."""
        return self.folder / digest_text(address)[:16] / _cut_name(name_of(address))

    def fetch(self, address: str) -> Path:
        """Return the copy of a film; the film is fetched if it has changed or was not copied yet.

        Raises:
            AddressError: If the film cannot be fetched.
        """
        place = self.place_of(address)
        _fetch(address, place)
        return place

    def fetch_beside(self, address: str, named: str | None = None) -> Path | None:
        """Fetch the files beside a film: its information file and its subtitles.

        A file that cannot be fetched is skipped. Copies of files that no longer exist are removed.

        Args:
            address: Address of the film.
            named: Address of a subtitle that a manifest names.

        Returns:
            The path of the copy of the named subtitle.
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
        """Return the addresses of files that may belong to a film."""
        stem = Path(name_of(address)).stem
        folder = parent_address(address)
        with self._lock:
            if folder not in self._listed:
                self._listed[folder] = _list_folder(folder)
            found = self._listed[folder]
        endings = (INFORMATION_ENDING, *SUBTITLE_ENDINGS)
        if name_of(address) in map(name_of, found):
            return [
                other
                for other in found
                if name_of(other).startswith(stem) and name_of(other).lower().endswith(endings)
            ]
        # a server that does not list its files may have them nevertheless
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
            return  # the server does not answer, but there is a whole copy from before
        raise AddressError(describe_failure(address, error)) from error
    stamp = read_stamp(entry)
    if stamp and stamps.get(place.name) == stamp and place.is_file():
        return
    try:
        with new_file(place) as part:
            _get_file(system, path, part)
            _check_size(address, part, entry.get("size"))
    except AddressError:
        raise
    except Exception as error:
        raise AddressError(describe_failure(address, error)) from error
    _write_stamps(place.parent, {**stamps, place.name: stamp})


def _check_size(address: str, copy: Path, size: int | None) -> None:
    if size is not None and copy.stat().st_size != size:
        raise AddressError(
            f"{mask_address(address)}: it cannot be fetched: it breaks off after "
            f"{copy.stat().st_size} of {size} bytes; run again"
        )


def _get_file(system: Any, path: str, place: Path) -> None:
    """Copy a file; a broken connection is tried again at once."""
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
    write_text(folder / STAMPS_FILE, json.dumps(stamps, sort_keys=True))


def _cut_name(name: str) -> str:
    """Return a file name that is short enough for file systems, with its extension."""
    path = Path(name)
    room = MAX_NAME_BYTES - len(path.suffix.encode())
    return path.stem.encode()[:room].decode("utf-8", "ignore") + path.suffix
