"""The files beside films, by the film that they belong to.

A folder may hold thousands of films. It is listed once, and again as soon as it has changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final

from libra_emo.common.integrity.stamps import Stamp, is_settled, read_stamp
from libra_emo.media.sources.endings import PERHAPS_SUBTITLE_ENDINGS
from libra_emo.media.sources.subtitle_names import FilmNames, is_film, is_subtitle, read_name

SUBTITLE_FOLDERS: Final = frozenset({"subs", "sub", "subtitles", "subtitle", "字幕"})
MAX_BESIDE: Final = 100_000  # files of a folder that are looked at
_MOST_KNOWN: Final = 64  # folders


@dataclass(frozen=True)
class SubtitleFile:
    """A subtitle file beside a film, and what its name says.

    Attributes:
        path: The file.
        language: First language in the name of the file; None if there is none.
        is_forced: Whether it has subtitles only for the foreign-language parts of the film.
        languages: All languages in the name, for a subtitle that shows several at once.
    """

    path: Path
    language: str | None
    is_forced: bool
    languages: tuple[str, ...] = ()


Owned = list[tuple[Path, SubtitleFile | None]]


@dataclass(frozen=True)
class _Folder:
    """A folder with the files that belong to some films.

    Attributes:
        stamp: Stamp of the folder when it was listed; None if it may change without another one.
        entries: What is in it.
        films: Names of the films in question, sorted.
        names: The same, by which owners are found.
        owned: Name of a film → the files in it that belong to the film.
        around: What has the name of a folder for subtitles.
        inner: Folders for subtitles in it that were listed.
    """

    stamp: Stamp | None
    entries: list[Path]
    films: list[str]
    names: FilmNames
    owned: dict[str, Owned]
    around: list[Path]
    inner: dict[Path, _Folder] = field(default_factory=dict)


_known: dict[Path, _Folder] = {}
_CHANGING: Final = Lock()  # several threads may ask at once


def list_owned(film: Path) -> Owned:
    """Return the files that belong to a film by their name; None for a name with unknown words.

    A folder such as `Subs` beside the film is searched, too, and a folder in it that has the name
    of the film.
    """
    folder = _find_folder(film.parent, film.name)
    found = list(folder.owned.get(film.name, ()))
    for path in folder.around:
        if path.is_dir():
            found += _find_inner(folder, path).owned.get(film.name, ())
            for own in (film.stem, film.name):
                files = _match(_list_folder(path / own), folder.names)
                found += [(file, name) for owner, file, name in files if owner in (None, film.name)]
    return found


def _find_folder(path: Path, film: str) -> _Folder:
    """Return the folder of a film, as it is now; the film may have no film's ending."""
    known, now = _known.get(path), _read_stamp(path)
    if known is None or now is None or known.stamp != now:
        entries = _list_folder(path)
        films = [each.name for each in entries if is_film(each.name)]
        known = _make_folder(now, entries, films)
        with _CHANGING:
            while len(_known) >= _MOST_KNOWN:
                del _known[next(iter(_known))]
            _known[path] = known
    if film in known.names:
        return known
    return _make_folder(None, known.entries, sorted([*known.films, film]))


def _find_inner(folder: _Folder, path: Path) -> _Folder:
    """Return a folder for the subtitles of the films around it, as it is now."""
    known, now = folder.inner.get(path), _read_stamp(path)
    if known is None or now is None or known.stamp != now:
        alone = folder.films[0] if len(folder.films) == 1 else None
        known = _make_folder(now, _list_folder(path), folder.films, alone)
        folder.inner[path] = known
    return known


def _make_folder(
    stamp: Stamp | None, entries: list[Path], films: list[str], alone: str | None = None
) -> _Folder:
    """Return a folder; files that name no film belong to a film that is alone."""
    names = FilmNames(films)
    owned: dict[str, Owned] = {}
    for owner, path, file in _match(entries, names):
        if (film := owner or alone) is not None:
            owned.setdefault(film, []).append((path, file))
    around = [path for path in entries if path.name.lower() in SUBTITLE_FOLDERS]
    return _Folder(stamp, entries, films, names, owned, around)


def _read_stamp(folder: Path) -> Stamp | None:
    """Return the stamp of a folder; None if a file may come without another stamp."""
    try:
        stamp = read_stamp(folder)
    except (OSError, ValueError):
        return None
    return stamp if is_settled(stamp, time.time_ns()) else None


def _match(
    paths: Iterable[Path], names: FilmNames
) -> Iterator[tuple[str | None, Path, SubtitleFile | None]]:
    """Give each file that may be a subtitle, after the name of its film; None if it names none."""
    for path in paths:
        perhaps = path.suffix.lower() in PERHAPS_SUBTITLE_ENDINGS
        if not (is_subtitle(path.name) or perhaps) or path.is_dir():
            continue
        owner, rest = names.find_owner(path.stem) or (None, f".{path.stem}")
        yield owner, path, _read(path, rest)


def _read(path: Path, rest: str) -> SubtitleFile | None:
    name = read_name(rest)
    if name is None:
        return None
    first = name.languages[0] if name.languages else None
    return SubtitleFile(path, first, name.is_forced, name.languages)


def _list_folder(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir())[:MAX_BESIDE]
    except (OSError, ValueError):
        return []
