"""Paths as tables hold them: from the project's root, so that a table holds on any machine."""

from __future__ import annotations

from pathlib import Path


def to_root(path: str | Path) -> Path:
    """Return a path that opens from anywhere; a relative one counts from the working folder."""
    return Path(path).absolute()


def from_root(path: str | None) -> str | None:
    """Return a path as seen from the working folder; one outside of it stays as it is."""
    if path is None:
        return None
    whole, root = Path(path).absolute(), Path.cwd()
    return (whole.relative_to(root) if whole.is_relative_to(root) else whole).as_posix()
