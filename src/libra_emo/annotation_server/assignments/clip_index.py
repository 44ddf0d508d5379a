"""The clips in a file that all server processes read: none of them keeps a copy in its memory."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from libra_emo.annotation_server.assignments.clips import Clip

_NAMES = tuple(field.name for field in fields(Clip))


class ClipIndex(Mapping[str, Clip]):
    """Clips by key, in an SQLite file that is only read.

    Each thread has a connection of its own, opened when it first reads.

    Args:
        path: File that `write_clip_index` wrote.
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
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE clips (key TEXT PRIMARY KEY, clip TEXT) WITHOUT ROWID")
        connection.executemany("INSERT INTO clips VALUES (?, ?)", rows)
    connection.close()
    return ClipIndex(path)
