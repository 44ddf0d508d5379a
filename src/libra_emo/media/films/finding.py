"""The films of a folder, a manifest, or an address."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from libra_emo.common.secrecy.addresses import Address, parse_address
from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources.addresses import is_remote, list_files, to_path
from libra_emo.media.sources.endings import FILM_ENDINGS, OTHER_ENDINGS
from libra_emo.media.sources.failures import AddressError
from libra_emo.media.sources.logins import Logins
from libra_emo.media.sources.manifests import MANIFEST_ENDINGS, Film, FilmsError, read_manifest
from libra_emo.media.sources.owned_files import SUBTITLE_FOLDERS
from libra_emo.media.sources.signatures import looks_like_film
from libra_emo.media.sources.subtitle_names import FilmNames, is_film, is_subtitle
from libra_emo.media.sources.waiting import try_again

logger = logging.getLogger(__name__)

MAX_NAMED = 10  # files that a warning names; the others are counted
_UNFINISHED = (".part", ".ytdl", ".crdownload", ".aria2", ".download")


def find_films(
    films: str, fetching: FetchingOptions | None = None, logins: Logins | None = None
) -> list[Film]:
    """Return the films of a folder and its subfolders, or of a manifest, sorted by path.

    Hidden files and folders are ignored.

    Args:
        films: A folder, a manifest (see `read_manifest`), or an address of either that fsspec can
            open, such as `s3://bucket/films`.
        fetching: How often a place that does not answer is asked again.
        logins: Logins of places where films lie.

    Raises:
        FilmsError: If there is no such folder or manifest, or the manifest cannot be read; also if
            a subfolder cannot be listed, since films that are not seen would count as taken out.
    """
    if is_remote(films):
        found = _find_remote(
            parse_address(films), fetching or FetchingOptions(), logins or Logins()
        )
    elif to_path(films).is_dir():
        folder = to_path(films)
        found = [Film(path) for path in _walk(folder) if _is_film(path, folder)]
    elif to_path(films).is_file() and films.lower().endswith(MANIFEST_ENDINGS):
        found = read_manifest(films, fetching, logins)
    else:
        raise FilmsError(
            f"films: {films}: there is no such folder, and no manifest (.csv or .parquet) of "
            "that name; set the parameter `films`"
        )
    return sorted(found, key=lambda film: film.place)


def _walk(folder: Path) -> Iterator[Path]:
    """Give the files of a folder and its subfolders; a subfolder that cannot be listed is named."""

    def refuse(error: OSError) -> None:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise FilmsError(
            f"films: {error.filename}: this folder cannot be listed: {reason}; give leave to read "
            "it, or mount its disk; nothing was changed"
        ) from error

    for parent, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(parent, name) for name in names)


def _find_remote(place: Address, fetching: FetchingOptions, logins: Logins) -> list[Film]:
    films = logins.apply(place)
    if films.name.lower().endswith(MANIFEST_ENDINGS):
        return read_manifest(films, fetching, logins)
    try:
        listed = try_again(lambda: list_files(films), fetching, fetching.attempts)
    except AddressError as error:
        raise FilmsError(f"films: {error}; nothing was changed") from error
    if not listed:
        raise FilmsError(
            f"films: {films}: there is no such folder, or nothing in it; set the parameter `films`"
        )
    addresses = [address for address, _ in listed]
    _warn_of_unused(films.shown, _list_unused_remote(addresses))
    return [
        Film(Path(address.name), address=logins.apply(address))
        for address in addresses
        if _is_remote_film(address)
    ]


def describe_unused(films: str, found: Iterable[Film]) -> None:
    """Log a warning that names what lies in a folder of films and is not used.

    Named are subtitles that belong to no film, downloads that are not finished, and folders that
    are named like films. What belongs to a film by its name is described in the sources.

    Args:
        films: The folder; for anything else nothing is logged. `find_films` logs the same for a
            folder at an address, when it lists it.
        found: The films in it.
    """
    if is_remote(films) or not to_path(films).is_dir():
        return
    folder = to_path(films)
    owned: dict[Path, set[str]] = {}
    for film in found:
        owned.setdefault(film.path.parent.absolute(), set()).add(film.path.name)
    around: dict[Path, FilmNames] = {}
    unused = (_explain_unused(path, owned, around) for path in _list_all(folder))
    _warn_of_unused(films, filter(None, unused))


def _warn_of_unused(films: str, unused: Iterable[str]) -> None:
    names = sorted(unused)
    if names:
        more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
        logger.warning(
            "films: %s: not used: %s%s; rename them after a film, or remove them",
            films,
            ", ".join(names[:MAX_NAMED]),
            more,
        )


def _list_unused_remote(addresses: Sequence[Address]) -> list[str]:
    """Return the names of subtitles without a film in their folder, and of unfinished downloads."""
    stems: dict[str, set[str]] = {}
    for address in addresses:
        if _is_remote_film(address):
            stems.setdefault(address.parent().shown, set()).add(Path(address.name).stem)
    unused = []
    for address in addresses:
        name = address.name
        if _is_hidden(address) or _is_remote_film(address):
            continue
        own = stems.get(address.parent().shown, set())
        # a film is fetched with the files whose names begin as its own does
        is_alone = is_subtitle(name) and not any(name.startswith(stem) for stem in own)
        if is_alone or _is_unfinished(name):
            unused.append(name)
    return unused


def _explain_unused(
    path: Path, owned: dict[Path, set[str]], known: dict[Path, FilmNames]
) -> str | None:
    """Return the name of a file or folder that is not used; None if it is, or is no film's.

    Args:
        path: The file or folder.
        owned: Folder → names of the films in it.
        known: Folder → names of the films to which its subtitles may belong; it is filled.
    """
    if path.is_dir():
        return f"{path.name} (a folder)" if is_film(path.name) else None
    if _is_unfinished(path.name):
        return path.name
    if not is_subtitle(path.name):
        return None
    in_folder = path.parent.name.lower() in SUBTITLE_FOLDERS
    if path.parent not in known:
        around = [path.parent, *path.parents[1:3]] if in_folder else [path.parent, path.parents[1]]
        found = {name for folder in around for name in owned.get(folder.absolute(), ())}
        known[path.parent] = FilmNames(sorted(found))
    films = known[path.parent]
    own = films.find_owner(path.stem) is not None or (in_folder and len(films) == 1)
    return None if own or films.has_stem(path.parent.name) else path.name


def _list_all(folder: Path) -> Iterator[Path]:
    """Give the files and folders below a folder that are not hidden."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in (*folders, *names) if not name.startswith("."))


def _is_film(path: Path, folder: Path) -> bool:
    """Return whether a file is a film by its ending, or by its content if it has another one."""
    if any(part.startswith(".") for part in path.relative_to(folder).parts) or path.is_dir():
        return False
    ending = path.suffix.lower()
    if ending in FILM_ENDINGS:
        return True
    return ending not in OTHER_ENDINGS and not is_subtitle(path.name) and looks_like_film(path)


def _is_remote_film(address: Address) -> bool:
    return Path(address.name).suffix.lower() in FILM_ENDINGS and not _is_hidden(address)


def _is_hidden(address: Address) -> bool:
    return any(part.startswith(".") for part in address.shown.split("/"))


def _is_unfinished(name: str) -> bool:
    return name.lower().endswith(_UNFINISHED) and is_film(Path(name).stem)
