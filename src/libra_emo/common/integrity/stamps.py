"""What was computed from files, remembered while their sizes and times stay as they are."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from libra_emo.common.files import write_json

# a file that was written just now may be written again without another time
SETTLED_NS: Final = 2_000_000_000


class FileMemory:
    """Remembers checksums or digests of files, so that a file that nobody touched is not read.

    A file counts as untouched while its size and the times of its last change and of its last
    change of name or place are the same. What was not asked for before `save` is forgotten. Several
    threads may ask at once.

    Args:
        path: Place of the memory. It belongs to this machine alone: elsewhere times differ.
            Without one, nothing is known from before, and nothing is written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._used: dict[str, list[Any]] = {}
        self._known: dict[str, list[Any]] = {}
        if path is None:
            return
        with suppress(OSError, ValueError, TypeError):
            self._known = dict(json.loads(path.read_text(encoding="utf-8")))

    def recall(self, file: Path, compute: Callable[[Path], str]) -> str:
        """Return what `compute` returns of a file, which is read only if it was touched.

        Args:
            file: The file.
            compute: Function of the content; its name is part of what is remembered.

        Raises:
            OSError: If the file cannot be read.
        """
        status = file.stat()
        stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
        key = f"{compute.__name__} {file}"
        known = self._known.get(key)
        if isinstance(known, list) and known[:3] == stamp and isinstance(known[-1], str):
            self._used[key] = known
            return known[-1]
        before = time.time_ns()
        value = compute(file)
        if before - max(stamp[1:]) > SETTLED_NS:
            self._used[key] = [*stamp, value]
        return value

    def save(self) -> None:
        """Write what was asked for; where this is not possible, files are read again next time."""
        path = self._path
        if path is not None and self._used != self._known and path.parent.is_dir():
            with suppress(OSError):
                write_json(path, dict(sorted(self._used.items())), indent=None)
