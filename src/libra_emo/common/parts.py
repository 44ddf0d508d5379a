"""Parts: files and folders that are being written, under names that say which process writes them.

Two processes that write the same file at once do not meet, and what a killed process left behind
is known from what another one is writing now.
"""

from __future__ import annotations

import re
import shutil
import time
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

from libra_emo.common.liveness import is_process_alive, name_process

PART_ENDING: Final = ".part"
MAX_NAME_BYTES: Final = 160  # file systems take 255 in all
# a part of another machine's process, which cannot be asked, counts as abandoned after this time
ABANDONED_SECONDS: Final = 3600.0
_PART: Final = re.compile(
    rf"\.(?P<name>.+?)(\.(?P<writer>[0-9a-f]{{8}}-\d+-\d+)-\d+)?{re.escape(PART_ENDING)}", re.DOTALL
)
_numbers = count()
_cleaned: set[tuple[str, Path]] = set()
_cleaning = Lock()


def part_of(path: Path) -> Path:
    """Return a hidden place beside `path`, of this call alone, for its next content.

    The first call of a process for a folder removes what processes that ended left in the folder.
    """
    process = name_process()
    with _cleaning:
        first = (process, path.parent) not in _cleaned
        _cleaned.add((process, path.parent))
    if first:
        remove_abandoned(path.parent)
    return path.with_name(f".{_cut(path)}.{process}-{next(_numbers)}{PART_ENDING}")


def remove_abandoned(folder: Path, ending: str = "") -> list[str]:
    """Remove the parts in a folder whose writers have ended, and return their names, sorted.

    Args:
        folder: The folder; its subfolders are not searched.
        ending: Ending of the files that the parts were to become, such as `.mp4`.
    """
    removed = []
    for path in folder.glob(f".*{PART_ENDING}") if folder.is_dir() else ():
        part = _PART.fullmatch(path.name)
        if part and part["name"].endswith(ending) and _is_abandoned(path, part["writer"], ending):
            _remove(path)
            removed.append(path.name)
    return sorted(removed)


def _is_abandoned(path: Path, writer: str | None, ending: str) -> bool:
    if writer is None:  # an earlier version's; others' files may be called like this, too
        return bool(ending)
    alive = is_process_alive(writer)
    if alive is not None:
        return not alive
    try:
        return time.time() - path.stat().st_mtime > ABANDONED_SECONDS
    except OSError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _cut(path: Path) -> str:
    """Return a name with its ending that leaves room for the writer's name."""
    name = path.name.encode("utf-8", "surrogateescape")
    if len(name) <= MAX_NAME_BYTES:
        return path.name
    room = max(0, MAX_NAME_BYTES - len(path.suffix.encode("utf-8", "surrogateescape")))
    return path.stem.encode("utf-8", "surrogateescape")[:room].decode("utf-8", "ignore") + (
        path.suffix if room else ""
    )
