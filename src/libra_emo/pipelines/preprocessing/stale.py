"""Removes what an earlier run wrote and no clip needs any more."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path


def remove_stale(folder: Path, ending: str, wanted: Collection[str]) -> list[str]:
    """Remove files of one ending that are not wanted, and what a killed run left half written.

    Args:
        folder: One of the project's own output folders.
        ending: Such as `.mp4`; nothing else in the folder is looked at.
        wanted: The names of the files that stay.

    Returns:
        The names of the removed files, sorted.
    """
    removed = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        half_written = path.name.startswith(".") and path.name.endswith(f"{ending}.part")
        if half_written or (path.suffix == ending and path.name not in wanted):
            path.unlink()
            removed.append(path.name)
    return removed
