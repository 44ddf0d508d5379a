"""The films of a folder, a manifest, or an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from libra_emo.common.secrecy.addresses import Address, parse_address
from libra_emo.media.options import FetchingOptions
from libra_emo.media.sources.addresses import is_remote, list_files, to_path
from libra_emo.media.sources.endings import FILM_ENDINGS
from libra_emo.media.sources.failures import AddressError
from libra_emo.media.sources.logins import Logins
from libra_emo.media.sources.manifests import MANIFEST_ENDINGS, Film, FilmsError, read_manifest
from libra_emo.media.sources.waiting import try_again


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
    return [
        Film(Path(address.name), address=logins.apply(address))
        for address, _ in listed
        if _is_remote_film(address)
    ]


def _is_film(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in FILM_ENDINGS and not hidden and not path.is_dir()


def _is_remote_film(address: Address) -> bool:
    hidden = any(part.startswith(".") for part in address.shown.split("/"))
    return Path(address.name).suffix.lower() in FILM_ENDINGS and not hidden
