"""Checkpoints: they count only when they are whole, and the last and the best are kept."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from libra_emo.common.files import write_json

MARKER = "whole.json"
NAME = re.compile(r"checkpoint-(\d+)")


def mark_whole(folder: Path) -> None:
    """Mark a checkpoint as completely written, with a list of its files and their sizes.

    The files are brought to the disk first, so that the marker holds even after a power cut.
    """
    sizes = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MARKER:
            _flush(path)
            sizes[path.relative_to(folder).as_posix()] = path.stat().st_size
    write_json(folder / MARKER, sizes)


def is_whole(folder: Path) -> bool:
    """Return whether a checkpoint was completely written and still has all its files."""
    try:
        sizes = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def step_of(folder: Path) -> int:
    """Return the step of a checkpoint; -1 for any other folder."""
    found = NAME.fullmatch(folder.name)
    return int(found.group(1)) if found else -1


def whole_checkpoints(run: Path) -> list[Path]:
    """Return the whole checkpoints of a training, in the order of their steps."""
    found = [path for path in run.glob("checkpoint-*") if step_of(path) >= 0 and is_whole(path)]
    return sorted(found, key=step_of)


def last_whole(run: Path) -> Path | None:
    """Return the checkpoint to resume from, if there is one."""
    found = whole_checkpoints(run)
    return found[-1] if found else None


def remove_torn(run: Path) -> None:
    """Remove checkpoints that a killed training left half written."""
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
