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
    removed = remove_half_written(folder, ending)
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.endswith(ending) and path.name not in wanted:
            path.unlink()
            removed.append(path.name)
    return sorted(removed)


def remove_half_written(folder: Path, ending: str) -> list[str]:
    """Remove files of one ending that were never finished, and return their names."""
    removed = []
    for path in sorted(folder.glob(f".*{ending}.part")):
        path.unlink(missing_ok=True)
        removed.append(path.name)
    return removed
