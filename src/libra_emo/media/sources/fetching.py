"""Local copies of remote films, and of the files beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar

from libra_emo.common.digests import digest_text
from libra_emo.common.files import new_file, write_text
from libra_emo.common.secrecy.addresses import Address
from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources.addresses import (
    Place,
    name_of,
    open_system,
    to_address,
    whole_address,
)
from libra_emo.media.sources.endings import (
    COMMON_SUBTITLE_ENDINGS,
    INFORMATION_ENDING,
    SUBTITLE_ENDINGS,
)
from libra_emo.media.sources.failures import AddressError
from libra_emo.media.sources.transfer import (
    Budget,
    Limits,
    beside_limits,
    copy_file,
    film_limits,
    look_up,
)
from libra_emo.media.sources.waiting import run_within, try_again

T = TypeVar("T")

STAMPS_FILE: Final = ".stamps.json"
MAX_NAME_BYTES: Final = 200
FAILURES_TO_GIVE_UP: Final = 3
# what servers answer that do not say which files they have
_REFUSALS: Final = frozenset({400, 401, 403, 405, 406})


class LocalCopies:
    """A folder with copies of remote files; a file is fetched again only if it has changed.

    Each film has a subfolder of its own, which also holds copies of the files beside it. A copy is
    removed only when the server says that its file is gone, and has the film.

    Args:
        folder: Folder for the copies.
        options: Limits, and how often trouble that may pass is tried again.
    """

    def __init__(self, folder: Path, options: FetchingOptions | None = None) -> None:
        self.folder = folder
        self.options = options or FetchingOptions()
        self._budget = Budget(self.options)
        self._listed: dict[str, list[Address]] = {}
        self._failures: dict[str, int] = {}
        self._lock = Lock()

    def place_of(self, place: Place) -> Path:
        """Return the path of the copy of a film, whether or not it exists."""
        address = to_address(place)
        return self.folder / digest_text(address.identity)[:16] / _cut_name(address.name)

    def look_up(self, place: Place) -> None:
        """Raise unless a film can be reached.

        Raises:
            AddressError: If it cannot.
        """
        address = to_address(place)
        self._try(address, lambda: look_up(address, self.options))

    def fetch(self, place: Place) -> Path:
        """Return the copy of a film; the film is fetched if it has changed or was not copied yet.

        Raises:
            AddressError: If the film cannot be fetched. A copy from before stays.
        """
        copy = self.place_of(place)
        self._fetch(to_address(place), copy, film_limits(self.options))
        return copy

    def fetch_subtitle(self, place: Place) -> Path:
        """Return the copy of a subtitle that a manifest names for a film of this machine.

        Raises:
            AddressError: If it cannot be fetched. A copy from before stays.
        """
        copy = self.place_of(place)
        self._fetch(to_address(place), copy, beside_limits(self.options))
        return copy

    def fetch_beside(self, place: Place, named: Place | None = None) -> Path | None:
        """Fetch the files beside a film: its information file and its subtitles.

        Copies of files that are gone are removed. A film has been looked up before, so that a
        server without any film removes nothing.

        Args:
            place: Address of the film.
            named: Address of a subtitle that a manifest names.

        Returns:
            The path of the copy of the named subtitle.

        Raises:
            AddressError: If one of them cannot be fetched, and is not gone.
        """
        film = self.place_of(place)
        addresses, are_listed = self._beside(to_address(place))
        kept = {film.name, STAMPS_FILE}
        kept.update(
            copy.name for other in addresses if (copy := self._fetch_other(other, film, are_listed))
        )
        copy = None
        if named is not None:
            copy = film.with_name(_cut_name(name_of(named)))
            self._fetch_named(to_address(named), copy)
            kept.add(copy.name)
        for path in film.parent.iterdir() if film.parent.is_dir() else ():
            if path.name not in kept and not path.name.startswith("."):
                path.unlink()
        return copy

    def _fetch_named(self, address: Address, copy: Path) -> None:
        """Fetch a subtitle that a manifest names; a copy of one that is gone stays."""
        try:
            self._fetch(address, copy, beside_limits(self.options))
        except AddressError as error:
            if error.kind == "passing":
                raise

    def _fetch_other(self, address: Address, film: Path, is_listed: bool) -> Path | None:
        """Fetch a file beside a film, and return its copy; None if there is no such file."""
        copy = film.with_name(_cut_name(address.name))
        # a server that hides what it has also refuses what it does not have
        is_guess = not is_listed and not copy.exists()
        try:
            self._fetch(address, copy, beside_limits(self.options), is_guess)
        except AddressError as error:
            refused = is_guess and (error.status in _REFUSALS or not error.retry)
            if error.kind == "passing" and not refused:
                raise
            return None
        return copy

    def _beside(self, address: Address) -> tuple[list[Address], bool]:
        """Return the addresses of files that may belong to a film, and whether they are listed."""
        stem = Path(address.name).stem
        folder = address.parent()
        with self._lock:
            if folder.shown not in self._listed:
                self._listed[folder.shown] = self._list_folder(folder)
            found = self._listed[folder.shown]
        endings = (INFORMATION_ENDING, *SUBTITLE_ENDINGS)
        if address.name in [other.name for other in found]:
            beside = [
                other
                for other in found
                if other.name.startswith(stem) and other.name.lower().endswith(endings)
            ]
            return beside, True
        # a server that does not list its files may have them nevertheless
        guesses = (INFORMATION_ENDING, *COMMON_SUBTITLE_ENDINGS)
        return [folder.join(f"{stem}{ending}") for ending in guesses], False

    def _list_folder(self, folder: Address) -> list[Address]:
        """Return the files of a folder; none if it cannot be listed, so that each is asked for."""
        seconds = 3 * self.options.max_silent_seconds
        try:
            system, path = open_system(folder, self.options.max_silent_seconds)
            names = run_within(seconds, lambda: system.ls(path, detail=False), folder.shown)
        except Exception:  # every file system has its own errors
            return []
        return [whole_address(folder, system, str(name)) for name in sorted(names)]

    def _fetch(self, address: Address, copy: Path, limits: Limits, is_guess: bool = False) -> None:
        """Fetch a file if it has changed or was not copied yet."""
        stamps = _read_stamps(copy.parent)

        def is_current(stamp: str) -> bool:
            return stamps.get(copy.name) == stamp and copy.is_file()

        def copy_once(part: Path) -> str | None:
            try:
                return copy_file(address, part, limits, self._budget, is_current)
            except AddressError as error:
                if is_guess and error.status in _REFUSALS:
                    error.retry = False
                raise

        try:
            with new_file(copy) as part:
                stamp = self._try(address, lambda: copy_once(part))
                if stamp is None:
                    raise _Current
        except _Current:
            return
        _write_stamps(copy.parent, {**stamps, copy.name: stamp})

    def _try(self, address: Address, function: Callable[[], T]) -> T:
        """Return what a function returns; a server that never answers is asked once only."""
        server = address.links[-1].split("/", 3)[:3]
        name = "/".join(server)
        given_up = self._failures.get(name, 0) >= FAILURES_TO_GIVE_UP
        try:
            result = try_again(function, self.options, 1 if given_up else self.options.attempts)
        except AddressError as error:
            if error.retry:
                self._failures[name] = self._failures.get(name, 0) + 1
            raise
        self._failures[name] = 0
        return result


class _Current(Exception):
    """The copy is current, so nothing is written."""


def _read_stamps(folder: Path) -> dict[str, str]:
    try:
        stamps: dict[str, str] = json.loads((folder / STAMPS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def _write_stamps(folder: Path, stamps: dict[str, str]) -> None:
    write_text(folder / STAMPS_FILE, json.dumps(stamps, sort_keys=True))


def _cut_name(name: str) -> str:
    """Return a file name that is short enough for file systems, with its extension."""
    path = Path(name)
    room = MAX_NAME_BYTES - len(path.suffix.encode())
    return path.stem.encode()[:room].decode("utf-8", "ignore") + path.suffix
