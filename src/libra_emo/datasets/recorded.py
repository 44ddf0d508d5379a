"""Files that DVC's lock file records: what DVC or git brought has no checksum of this project's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Final

LOCK_FILE: Final = "dvc.lock"
_LISTINGS: Final = Path(".dvc/cache/files/md5")


def is_recorded(path: Path, content: bytes) -> bool:
    """Return whether dvc.lock says that a file has this content.

    Args:
        path: The file; dvc.lock is looked for in the folders above it.
        content: The file's content.
    """
    path = path.absolute()
    root = next((one for one in path.parents if (one / LOCK_FILE).is_file()), None)
    if root is None:
        return False
    found = md5(content, usedforsecurity=False).hexdigest()
    return found in _digests(path.relative_to(root), root)


def _digests(place: Path, root: Path) -> Iterator[str]:
    """Yield DVC's digests of a file: its own, and those in listings of the folders above it."""
    try:
        lock = (root / LOCK_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    yield from _recorded_in(lock, place)
    for folder in place.parents[:-1]:
        for digest in _recorded_in(lock, folder):
            yield from _listed(root / _LISTINGS / digest[:2] / digest[2:], place, folder)


def _recorded_in(lock: str, place: Path) -> list[str]:
    """Return the digests of a path; to search the text takes a tenth of parsing it."""
    entry = rf"- path: {re.escape(place.as_posix())}\n(?:\s+(?!md5:)\w+: .*\n)*\s+md5: (\S+)"
    return re.findall(entry, lock)


def _listed(listing: Path, place: Path, folder: Path) -> Iterator[str]:
    try:
        entries = json.loads(listing.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    name = place.relative_to(folder).as_posix()
    yield from (entry["md5"] for entry in entries if entry.get("relpath") == name)
