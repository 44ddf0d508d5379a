"""A digest of the films: their content, not where they lie or when they came."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from libra_emo.datasets.atomic import new_file

BLOCK_BYTES = 1 << 20


def digest_films(films: str, project: Path, memory: Path) -> str:
    """Return a digest of all that a run may read of the films; empty when there are none.

    Args:
        films: The parameter: a folder, a manifest file, or an fsspec URL of either.
        project: Where a relative path starts.
        memory: A file that remembers digests, so that unchanged films are read once.
    """
    if "://" in films:
        return _digest_remote(films)
    place = project / films
    if place.is_dir():
        return digest_files(place.rglob("*"), place, memory)
    if not place.is_file():
        return ""
    return digest_files([place, *_listed(place)], place.parent, memory)


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
        whole.update(f"{name}\0{seen[key][2]}\0".encode())
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


def _listed(manifest: Path) -> list[Path]:
    """Return the files that a manifest names and that are there, in whichever column."""
    import pandas as pd

    kind = manifest.suffix.lower()
    table = pd.read_parquet(manifest) if kind == ".parquet" else pd.read_csv(manifest, dtype=str)
    named = {str(value) for column in table for value in table[column].dropna()}
    return [path for name in sorted(named) if (path := manifest.parent / name).is_file()]


def _digest_remote(films: str) -> str:
    """Return a digest of what a remote folder lists: names, sizes, and what stamps it keeps."""
    import fsspec

    system, path = fsspec.core.url_to_fs(films)
    listed = system.find(path, detail=True)
    stamps = ("size", "ETag", "etag", "md5Hash", "content_md5", "LastModified", "mtime")
    lines = [
        f"{name} " + " ".join(str(entry[stamp]) for stamp in stamps if stamp in entry)
        for name, entry in sorted(listed.items())
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""
