"""A digest of the films: their content, not where they lie or when they came."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from libra_emo.common.digests import digest_text
from libra_emo.common.secrecy.addresses import Address, parse_address
from libra_emo.configuration.loader import COMMAND_LINE, LOCAL, LayeredConfigLoader
from libra_emo.configuration.memory.films import NEVER_REACHED, DigestMemory
from libra_emo.media.options import SAMPLE_FOLDER, FetchingOptions
from libra_emo.media.sources import (
    MANIFEST_ENDINGS,
    AddressError,
    Film,
    FilmsError,
    Logins,
    is_remote,
    list_beside,
    list_files,
    open_system,
    read_manifest,
    read_stamp,
    to_path,
)

if TYPE_CHECKING:
    from kedro.config import AbstractConfigLoader

ASKED_AT_ONCE = 16
ASKED_ONCE = FetchingOptions(attempts=1)  # the run itself asks again


def digest_films(
    films: str, project: Path, memory: DigestMemory, logins: Logins | None = None
) -> str:
    """Return a digest of all that a run may read of the films; empty when there are none.

    For films that lie elsewhere it is made of what their file system lists: names, sizes, stamps.

    Args:
        films: The parameter: a folder, a manifest file, or an fsspec URL of either.
        project: Folder where a relative path starts.
        memory: Memory of the digests of files.
        logins: Logins of places where films lie.
    """
    if is_remote(films):
        return _digest_remote((logins or Logins()).apply(parse_address(films)), memory, logins)
    place = project / to_path(films)
    if place.is_dir():
        return digest_files(place.rglob("*"), place, memory)
    if not place.is_file():
        return ""
    listed = _read_list(str(place), logins)
    files = {path for film in listed if not film.address for path in _files_of(film)}
    here = digest_files([place, *files], place.parent, memory)
    return _join([here, *_stamp_films(listed, memory)])


def names_own_films(films: str, loader: AbstractConfigLoader | None) -> bool:
    """Return whether this machine's own settings say where the films are.

    Args:
        films: The parameter `films`.
        loader: Loader of the parameters; without it the default folder alone is nobody's own.
    """
    if films == SAMPLE_FOLDER:
        return False
    if not isinstance(loader, LayeredConfigLoader):
        return True
    place = loader.place_of("films")
    return place == COMMAND_LINE or place.startswith(f"{Path(loader.conf_source).name}/{LOCAL}/")


def digest_files(paths: Iterable[Path], root: Path, memory: DigestMemory) -> str:
    """Return a digest of files' names below a root and their content; empty for no file.

    Hidden files are left out.
    """
    files = sorted(path for path in paths if path.is_file() and not path.name.startswith("."))
    parts = []
    for path in files:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        parts.append(f"{name}\0{memory.digest(path)}\0")
    memory.save()
    return digest_text("".join(parts)) if files else ""


def _read_list(manifest: str | Address, logins: Logins | None) -> list[Film]:
    """Return the films of a manifest; none of one that the run will not be able to read either."""
    try:
        return read_manifest(manifest, ASKED_ONCE, logins)
    except FilmsError:
        return []


def _files_of(film: Film) -> list[Path]:
    """Return a film's file, its named subtitle, and what lies beside it under its name."""
    named = [Path(film.subtitle)] if isinstance(film.subtitle, str) else []
    own = list_beside(film.path)
    return [path for path in (film.path, *named, *own) if path.is_file()]


def _stamp_films(films: Iterable[Film], memory: DigestMemory) -> list[str]:
    """Return names and stamps of the films of a list that lie elsewhere, asked side by side."""
    found = {film.address.identity: film.address for film in films if film.address}
    addresses = [found[name] for name in sorted(found)]
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        stamps = list(pool.map(_ask_stamp, addresses))
    pairs = zip(addresses, stamps, strict=True)
    lines = [f"{address.identity} {memory.stamp(address, stamp)}" for address, stamp in pairs]
    memory.save()
    return lines


def _ask_stamp(address: Address) -> str | None:
    """Return the stamp of a remote file; None if it cannot be reached."""
    try:
        system, path = open_system(address)
        return read_stamp(system.info(path))
    except Exception:  # every file system has its own errors
        return None


def _digest_remote(films: Address, memory: DigestMemory, logins: Logins | None) -> str:
    try:
        lines = [f"{file.identity} {read_stamp(entry)}" for file, entry in list_files(films)]
    except AddressError:
        return _without_mark(memory.stamp(films, None))
    if films.name.lower().endswith(MANIFEST_ENDINGS):
        lines += _stamp_films(_read_list(films, logins), memory)
    digest = digest_text("\n".join(lines)) if lines else ""
    memory.stamp(films, digest)
    memory.save()
    return digest


def _without_mark(digest: str) -> str:
    return "" if digest == NEVER_REACHED else digest


def _join(digests: list[str]) -> str:
    """Return one digest for several; a single one stays as it is."""
    if len(digests) == 1:
        return digests[0]
    return digest_text("\n".join(digests))
