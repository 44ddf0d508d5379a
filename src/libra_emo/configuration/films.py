"""A digest of the films: their content, not where they lie or when they came."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from libra_emo.common.files import new_file
from libra_emo.media.sources import (
    INFORMATION_ENDING,
    MANIFEST_ENDINGS,
    SUBTITLE_ENDINGS,
    AddressError,
    Film,
    FilmsError,
    is_remote,
    list_files,
    mask_address,
    name_of,
    open_system,
    read_manifest,
    read_stamp,
    to_path,
)

BLOCK_BYTES = 1 << 20
ASKED_AT_ONCE = 16


def digest_films(films: str, project: Path, memory: Path) -> str:
    """Return a digest of all that a run may read of the films; empty when there are none.

    Of films that lie elsewhere it is what their file system tells: names, sizes, stamps.

    Args:
        films: The parameter: a folder, a manifest file, or an fsspec URL of either.
        project: Where a relative path starts.
        memory: A file that remembers digests, so that unchanged films are read once.
    """
    if is_remote(films):
        return _digest_remote(films)
    place = project / to_path(films)
    if place.is_dir():
        return digest_files(place.rglob("*"), place, memory)
    if not place.is_file():
        return ""
    listed = _read_list(str(place))
    files = {path for film in listed if not film.address for path in _files_of(film)}
    here = digest_files([place, *files], place.parent, memory)
    return _join([here, *_stamp_films(listed)])


def digest_files(paths: Iterable[Path], root: Path, memory: Path) -> str:
    """Return a digest of files' names below a root and their content; empty for no file.

    Hidden files are left out. A file of the same size and time as before is not read again.
    """
    known: dict[str, list[object]] = _remembered(memory)
    seen = dict(known)
    whole = hashlib.sha256()
    files = sorted(path for path in paths if path.is_file() and not path.name.startswith("."))
    for path in files:
        status = path.stat()
        key, stamp = str(path.resolve()), [status.st_size, status.st_mtime_ns]
        if known.get(key, [])[:2] != stamp:
            seen[key] = [*stamp, _digest_file(path)]
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        whole.update(f"{name}\0{seen[key][2]}\0".encode("utf-8", "surrogateescape"))
    if seen != known:
        with new_file(memory) as part:
            part.write_text(json.dumps(seen, indent=0, sort_keys=True), encoding="utf-8")
    return whole.hexdigest() if files else ""


def _digest_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _remembered(memory: Path) -> dict[str, list[object]]:
    try:
        found: dict[str, list[object]] = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _read_list(manifest: str) -> list[Film]:
    """Return the films of a manifest; none of one that cannot be read, which the run will tell."""
    try:
        return read_manifest(manifest)
    except FilmsError:
        return []


def _files_of(film: Film) -> list[Path]:
    """Return a film's file, its named subtitle, and what lies beside it under its name."""
    endings = (INFORMATION_ENDING, *SUBTITLE_ENDINGS)
    named = [Path(film.subtitle)] if film.subtitle and not is_remote(film.subtitle) else []
    try:
        beside = sorted(film.path.parent.iterdir())
    except OSError:
        beside = []
    stem = film.path.stem
    own = [each for each in beside if each.name.startswith(stem) and each.name.endswith(endings)]
    return [path for path in (film.path, *named, *own) if path.is_file()]


def _stamp_films(films: Iterable[Film]) -> list[str]:
    """Return what is told of the films of a list that lie elsewhere, asked side by side."""
    addresses = sorted({film.address for film in films if film.address})
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        return list(pool.map(_stamp, addresses))


def _stamp(address: str) -> str:
    try:
        system, path = open_system(address)
        return f"{mask_address(address)} {read_stamp(system.info(path))}"
    except Exception:
        return f"{mask_address(address)} cannot be reached"


def _digest_remote(films: str) -> str:
    try:
        listed = list_files(films)
    except AddressError:
        return ""
    lines = [f"{mask_address(name)} {read_stamp(entry)}" for name, entry in sorted(listed.items())]
    if name_of(films).lower().endswith(MANIFEST_ENDINGS):
        lines += _stamp_films(_read_list(films))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def _join(digests: list[str]) -> str:
    """Return one digest for several; a single one stays as it is."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
