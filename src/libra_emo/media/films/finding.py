"""The films of a folder, a manifest, or an address."""

from __future__ import annotations

from pathlib import Path

from libra_emo.media.sources.addresses import (
    AddressError,
    is_remote,
    list_files,
    mask_address,
    name_of,
    to_path,
)
from libra_emo.media.sources.manifests import MANIFEST_ENDINGS, Film, FilmsError, read_manifest
from libra_emo.media.sources.sidecars import FILM_ENDINGS


def find_films(films: str) -> list[Film]:
    """Return the films of a folder and its subfolders, or of a manifest, sorted by path.

    Hidden files and folders are ignored.

    Args:
        films: A folder, a manifest (see `read_manifest`), or an address of either that fsspec can
            open, such as `s3://bucket/films`.

    Raises:
        FilmsError: If there is no such folder or manifest, or the manifest cannot be read.
    """
    if is_remote(films):
        found = _find_remote(films)
    elif to_path(films).is_dir():
        folder = to_path(films)
        found = [Film(path) for path in folder.rglob("*") if _is_film(path, folder)]
    elif to_path(films).is_file() and films.lower().endswith(MANIFEST_ENDINGS):
        found = read_manifest(films)
    else:
        raise FilmsError(
            f"films: {films}: there is no such folder, and no manifest (.csv or .parquet) of "
            "that name; set the parameter `films`"
        )
    return sorted(found, key=lambda film: film.place)


def _find_remote(films: str) -> list[Film]:
    if name_of(films).lower().endswith(MANIFEST_ENDINGS):
        return read_manifest(films)
    try:
        listed = list_files(films)
    except AddressError as error:
        raise FilmsError(f"films: {error}") from error
    if not listed:
        raise FilmsError(
            f"films: {mask_address(films)}: there is no such folder, or nothing in it; set the "
            "parameter `films`"
        )
    return [
        Film(Path(name_of(address)), address=address)
        for address in listed
        if _is_remote_film(address)
    ]


def _is_film(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in FILM_ENDINGS and not hidden and not path.is_dir()


def _is_remote_film(address: str) -> bool:
    hidden = any(part.startswith(".") for part in address.split("/"))
    return Path(name_of(address)).suffix.lower() in FILM_ENDINGS and not hidden
