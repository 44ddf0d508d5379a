"""The clips in a file that all server processes read: none of them keeps a copy in its memory."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Final

from libra_emo.annotation_server.assignments.clips import Clip

WRITTEN_SECONDS: Final = 120.0
LATER: Final = 5  # niceness
_NAMES = tuple(field.name for field in fields(Clip))


class ClipIndex(Mapping[str, Clip]):
    """Clips by key, in an SQLite file that is only read.

    Each thread has a connection of its own, opened when it first reads. A file that is still being
    written is waited for, so that pages are served before it is there.

    Args:
        path: File that `write_clip_index` writes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def __reduce__(self) -> tuple[type[ClipIndex], tuple[Path]]:
        return ClipIndex, (self._path,)

    def __getitem__(self, key: str) -> Clip:
        found = self._connection.execute("SELECT clip FROM clips WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise KeyError(key)
        values = dict(zip(_NAMES, json.loads(found[0]), strict=True))
        return Clip(**{**values, "path": Path(values["path"])})

    def __iter__(self) -> Iterator[str]:
        for (key,) in self._connection.execute("SELECT key FROM clips ORDER BY key"):
            yield key

    def __len__(self) -> int:
        return int(self._connection.execute("SELECT COUNT(*) FROM clips").fetchone()[0])

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            deadline = time.monotonic() + WRITTEN_SECONDS
            while not self._path.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
            connection = self._local.connection = sqlite3.connect(address, uri=True)
        return connection


def write_clip_index(clips: Mapping[str, Clip], path: Path) -> ClipIndex:
    """Write clips into a new file, and return them as they are read from there.

    Args:
        clips: The clips by key.
        path: File that does not exist yet.
    """
    rows = (
        (key, json.dumps([getattr(clip, name) for name in _NAMES], default=str))
        for key, clip in clips.items()
    )
    part = path.with_name(f"{path.name}.part")
    connection = sqlite3.connect(part)
    with connection:
        connection.execute("CREATE TABLE clips (key TEXT PRIMARY KEY, clip TEXT) WITHOUT ROWID")
        connection.executemany("INSERT INTO clips VALUES (?, ?)", rows)
    connection.close()
    part.rename(path)
    return ClipIndex(path)


@contextmanager
def clips_indexed(read: Callable[[], Mapping[str, Clip]], path: Path) -> Iterator[ClipIndex]:
    """Give clips while a thread writes them into a new file; the process is ended if that fails.

    Args:
        read: Returns the clips by key.
        path: File that does not exist yet.
    """

    def end_if_failed(written: Future[ClipIndex]) -> None:
        if written.exception() is not None:
            os.kill(os.getpid(), signal.SIGTERM)

    with ThreadPoolExecutor(1, initializer=_give_way) as pool:
        writing = pool.submit(lambda: write_clip_index(read(), path))
        writing.add_done_callback(end_if_failed)
        yield ClipIndex(path)
        writing.result()


def _give_way() -> None:
    """Let the processes that answer the first requests start before this thread goes on."""
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LATER)
