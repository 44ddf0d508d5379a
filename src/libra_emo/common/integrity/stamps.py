"""What was computed from files, remembered while their sizes and times stay as they are."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from libra_emo.common.files import write_json

# a file that was written just now may be written again without another time
SETTLED_NS: Final = 2_000_000_000

Stamp = list[int]


def read_stamp(file: Path) -> Stamp:
    """Return what differs once a file was touched: size, times of its last changes, and number.

    The second time is that of the last change of its name, place or rights. The number is that of
    the file on its disk, so a link that leads to another file has another one.

    Raises:
        OSError: If there is no such file.
    """
    status = os.stat(file)
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def is_settled(stamp: Stamp, before_ns: int) -> bool:
    """Return whether a file that is changed now would get another stamp.

    Args:
        stamp: Stamp of the file.
        before_ns: Time at which its reading began.
    """
    return before_ns - max(stamp[1:3]) > SETTLED_NS


class FileMemory:
    """Remembers checksums or digests of files, so that a file that nobody touched is not read.

    A file counts as untouched while its stamp is the same. What was not asked for before `save` is
    forgotten. Several threads may ask at once.

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
        stamp = read_stamp(file)
        key = f"{compute.__name__} {file}"
        known = self._known.get(key)
        if isinstance(known, list) and known[:-1] == stamp and isinstance(known[-1], str):
            self._used[key] = known
            return known[-1]
        before = time.time_ns()
        value = compute(file)
        if is_settled(stamp, before):
            self._used[key] = [*stamp, value]
        return value

    def save(self) -> None:
        """Write what was asked for; where this is not possible, files are read again next time."""
        path = self._path
        if path is not None and self._used != self._known and path.parent.is_dir():
            with suppress(OSError):
                write_json(path, dict(sorted(self._used.items())), indent=None)
