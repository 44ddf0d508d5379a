"""The rows of films that were listed before: they count while nothing that they rest on changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import Stamp, is_settled, read_stamp
from libra_emo.media.films import FetchedFilm, fingerprint_listing
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources import explain_refusal, list_places_beside
from libra_emo.pipelines.preprocessing.memories import LISTED_FILMS

Row = dict[str, Any]


class ListedFilms:
    """Remembers the row of each film with the stamps of all files that were read for it.

    These are the film, its information file, and all subtitles that belong to it by their names;
    one more or less is noticed as well. A row also rests on what a manifest says, on the licences
    that are allowed, and on the code. Only a film without any trouble is remembered.

    Args:
        folder: Folder beside which the memory lies; without one, nothing is remembered.
        options: Options that say which licences are allowed.
        is_secret: Returns whether a row must not be written.
    """

    def __init__(
        self,
        folder: Path | None,
        options: PreprocessingOptions,
        is_secret: Callable[[Row], bool] = lambda row: False,
    ) -> None:
        place = folder.absolute().with_name(LISTED_FILMS) if folder else None
        self._memory = ContentMemory(place)
        self._licences = options.allowed_licenses
        self._code = fingerprint_listing() if place is not None else ""
        self._is_secret = is_secret
        self._keeps = place is not None
        self._before_ns = time.time_ns()
        self._stamps: dict[str, Any] = {}

    def find(self, fetched: FetchedFilm) -> Row | None:
        """Return the row of a film; None if it has to be read."""
        if not self._keeps or fetched.reason is not None or fetched.film.trouble is not None:
            return None
        key = str(fetched.film.path)
        stamp = self._describe(fetched)
        row: Row | None = self._memory.find(key, stamp)
        if row is not None and not self._is_secret(row):
            return row
        self._memory.forget(key)
        self._stamps[key] = stamp
        return None

    def keep(self, fetched: FetchedFilm, row: Row) -> None:
        """Remember the row of a film that `find` did not know."""
        stamp = self._stamps.get(str(fetched.film.path))
        if stamp is None or self._is_secret(row) or not self._is_whole(row):
            return
        if all(_is_certain(each, self._before_ns) for _, each in stamp["files"]):
            self._memory.keep(str(fetched.film.path), stamp, row)

    def save(self) -> None:
        """Write what was used."""
        self._memory.save()

    def _is_whole(self, row: Row) -> bool:
        """Return whether a film was read, or refused for its licence, without any trouble."""
        if row["trouble"] is not None or row["reason"] is not None:
            return False
        refused = explain_refusal(row["license"], self._licences) is not None
        return refused or row["width"] is not None

    def _describe(self, fetched: FetchedFilm) -> dict[str, Any]:
        """Return everything that a row rests on."""
        film = fetched.film
        named = [fetched.named] if fetched.named else []
        files = [film.path, *list_places_beside(film.path), *named]
        stamps = [[str(path), _read_stamp(path)] for path in files]
        return {
            "files": stamps,
            "facts": film.facts,
            "address": film.shown_address,
            "named": str(fetched.named),
            "offset": film.subtitle_offset_seconds,
            "licences": self._licences,
            "code": self._code,
        }


def _read_stamp(path: Path) -> Stamp | None:
    """Return the stamp of a file; None if there is none, an empty one if it leads nowhere."""
    try:
        return read_stamp(path)
    except (OSError, ValueError):
        return [] if os.path.lexists(path) else None


def _is_certain(stamp: Stamp | None, before_ns: int) -> bool:
    """Return whether a file that comes or changes now would be noticed."""
    return stamp is None or (bool(stamp) and is_settled(stamp, before_ns))
