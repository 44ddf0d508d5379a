"""Copies of files that cannot be made again, and what to do when such a file is damaged."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from libra_emo.common.integrity.beside import (
    checksum_beside,
    describe_acceptance,
    new_checked_file,
    read_checked,
)
from libra_emo.common.integrity.checksums import DamagedFileError


def copy_of(path: Path) -> Path:
    """Return the place of a file's copy."""
    return path.with_name(f".{path.name}.copy")


def keep_copy(path: Path) -> None:
    """Write a copy of a file, with a checksum of its own."""
    with new_checked_file(copy_of(path)) as part:
        shutil.copyfile(path, part)


def describe_damage(path: Path, reason: str) -> str:
    """Return a line that says that a file is damaged, and where its last whole copy is."""
    return (
        f"{path} is damaged: {reason}, and it cannot be made again; {_last_copy(path)}, "
        f"and remove {checksum_beside(path).name}{describe_acceptance(path)}"
    )


def _last_copy(path: Path) -> str:
    copy = copy_of(path)
    try:
        read_checked(copy)
        when = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
    except (OSError, DamagedFileError):
        return f"take the last whole copy from git (`git checkout -- {path.name}` in its folder)"
    return f"the last whole copy is {copy} of {when:%Y-%m-%d %H:%M} UTC: move it to its place"
