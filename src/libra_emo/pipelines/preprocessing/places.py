"""Paths in tables: relative to the project's root, so that a table is valid on any machine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_UNTIDY: Final = re.compile(r"/\.?(/|$)")  # what a path is written without


def to_root(path: str | Path) -> Path:
    """Return an absolute path; a relative path starts from the working folder."""
    return Path(os.path.join(os.getcwd(), path))


def from_root(path: str | None) -> str | None:
    """Return a path relative to the working folder; a path outside of it stays absolute."""
    if path is None:
        return None
    root = os.getcwd()
    if path.startswith(f"{root}/") and not _UNTIDY.search(path):  # the usual case, of each clip
        return path[len(root) + 1 :]
    whole = Path(path).absolute()
    return (whole.relative_to(root) if whole.is_relative_to(root) else whole).as_posix()


def source_to_root(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the sources with absolute paths."""
    return _with_paths(row, lambda path: str(to_root(path)))


def source_from_root(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the sources with paths relative to the working folder."""
    return _with_paths(row, lambda path: str(from_root(path)))


def _with_paths(row: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return a row in which each path is changed, including those of translations."""
    changed = dict(row)
    for name in ("video_path", "subtitle_path"):
        changed[name] = change(row[name]) if row.get(name) is not None else None
    if row.get("translations"):
        translations = json.loads(row["translations"])
        for place in translations.values():
            place["path"] = change(place["path"])
        changed["translations"] = json.dumps(translations, ensure_ascii=False)
    return changed
