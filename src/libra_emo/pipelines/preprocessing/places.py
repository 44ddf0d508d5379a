"""Paths as tables hold them: from the project's root, so that a table holds on any machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def to_root(path: str | Path) -> Path:
    """Return a path that opens from anywhere; a relative one counts from the working folder."""
    return Path(path).absolute()


def from_root(path: str | None) -> str | None:
    """Return a path as seen from the working folder; one outside of it stays as it is."""
    if path is None:
        return None
    whole, root = Path(path).absolute(), Path.cwd()
    return (whole.relative_to(root) if whole.is_relative_to(root) else whole).as_posix()


def source_to_root(row: dict[str, Any]) -> dict[str, Any]:
    """Return a film's row of the sources with paths that open from anywhere."""
    return _with_paths(row, lambda path: str(to_root(path)))


def source_from_root(row: dict[str, Any]) -> dict[str, Any]:
    """Return a film's row of the sources with paths as seen from the working folder."""
    return _with_paths(row, lambda path: str(from_root(path)))


def _with_paths(row: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return a row with each of its paths changed, those of its translations too."""
    changed = dict(row)
    for name in ("video_path", "subtitle_path"):
        changed[name] = change(row[name]) if row.get(name) is not None else None
    if row.get("translations"):
        told = json.loads(row["translations"])
        for place in told.values():
            place["path"] = change(place["path"])
        changed["translations"] = json.dumps(told, ensure_ascii=False)
    return changed
