"""Checkpoints that count only when they are whole, of which the last and the best stay."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

MARKER = "whole.json"
NAME = re.compile(r"checkpoint-(\d+)")


def mark_whole(folder: Path) -> None:
    """Declare that a checkpoint is written: its files and their sizes, in one atomic move.

    The files are brought to the disk first, so that a marker vouches for them even after a power
    cut.
    """
    sizes = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MARKER:
            _flush(path)
            sizes[path.relative_to(folder).as_posix()] = path.stat().st_size
    part = folder / f".{MARKER}.part"
    part.write_text(json.dumps(sizes, indent=1), encoding="utf-8")
    _flush(part)
    os.replace(part, folder / MARKER)


def is_whole(folder: Path) -> bool:
    """Tell whether a checkpoint was written to its end and still has all its files."""
    try:
        sizes = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def step_of(folder: Path) -> int:
    """Return after which update a checkpoint was written; -1 for any other folder."""
    found = NAME.fullmatch(folder.name)
    return int(found.group(1)) if found else -1


def whole_checkpoints(run: Path) -> list[Path]:
    """Return the whole checkpoints of a training, the first one first."""
    found = [path for path in run.glob("checkpoint-*") if step_of(path) >= 0 and is_whole(path)]
    return sorted(found, key=step_of)


def last_whole(run: Path) -> Path | None:
    """Return the checkpoint to go on from, if there is one."""
    found = whole_checkpoints(run)
    return found[-1] if found else None


def remove_torn(run: Path) -> None:
    """Remove what a killed training left half written."""
    for path in run.glob("checkpoint-*"):
        if not is_whole(path):
            shutil.rmtree(path, ignore_errors=True)


def prune(run: Path, best_step: int | None) -> None:
    """Remove all whole checkpoints but the last and the best."""
    kept = whole_checkpoints(run)
    for path in kept[:-1]:
        if step_of(path) != best_step:
            shutil.rmtree(path, ignore_errors=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
