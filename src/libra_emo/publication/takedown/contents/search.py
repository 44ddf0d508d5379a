"""The search for needles in files of any kind, decoded by what their first bytes say."""

from __future__ import annotations

import gzip
import io
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from libra_emo.publication.takedown.needles import Needles

BLOCK_BYTES: Final = 1 << 22
ROWS_AT_ONCE: Final = 2048
MAX_DEPTH: Final = 4  # archives in archives
GZIP, ZIP, PARQUET, SQLITE = b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"SQLite format 3\0"
_TAR_MARK: Final = slice(257, 262)


def find_kind(head: bytes) -> str:
    """Return what the first bytes of a file say that it is: `plain` if they say nothing.

    Args:
        head: At least 262 bytes, if there are so many.
    """
    for start, kind in ((GZIP, "gzip"), (ZIP, "zip"), (PARQUET, "parquet"), (SQLITE, "sqlite")):
        if head.startswith(start):
            return kind
    return "tar" if head[_TAR_MARK] == b"ustar" else "plain"


def kind_of(path: Path) -> str:
    """Return the kind of a file."""
    with path.open("rb") as file:
        return find_kind(file.read(512))


def names_film(path: Path, needles: Needles) -> bool:
    """Return whether a file names one of the films, in its bytes or in what they decode to.

    Raises:
        OSError: If it cannot be read.
    """
    kind = kind_of(path)
    if _in_blocks(path, needles):
        return True
    if kind == "sqlite":
        return any(needles.in_value(value) for value in _read_cells(path))
    return kind != "plain" and _in_content(path.read_bytes(), needles, 0)


def _in_blocks(path: Path, needles: Needles) -> bool:
    """Search the bytes as they are; blocks overlap, so that no needle lies across an edge."""
    before = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            if needles.in_bytes(before + block):
                return True
            before = block[-needles.longest :]
    return False


def _in_content(content: bytes, needles: Needles, depth: int) -> bool:
    if depth and needles.in_bytes(content):
        return True
    if depth > MAX_DEPTH:
        return False
    kind = find_kind(content[:512])
    if kind == "parquet":
        return any(needles.in_value(value) for value in _read_parquet(content))
    return any(
        needles.in_text(name) or _in_content(inner, needles, depth + 1)
        for name, inner in _unpack(kind, content)
    )


def _unpack(kind: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Give names and contents of what is packed in a file; what is torn ends the list."""
    try:
        if kind == "gzip":
            yield "", gzip.decompress(content)
        elif kind == "zip":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                for name in packed.namelist():
                    yield name, packed.read(name)
        elif kind == "tar":
            with tarfile.open(fileobj=io.BytesIO(content)) as members:
                for member in members:
                    file = members.extractfile(member) if member.isfile() else None
                    yield member.name, file.read() if file else b""
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError, ValueError):
        return


def _read_parquet(content: bytes) -> Iterator[Any]:
    """Give the texts and metadata of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        yield dict(file.schema_arrow.metadata or {})
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                yield name
                if not is_number(column.type):
                    yield column.to_pylist()
    except (pa.ArrowException, OSError, ValueError):
        return


def is_number(kind: Any) -> bool:
    """Return whether an Arrow type holds numbers or truth values, and so no text."""
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))


def open_quietly(path: Path) -> sqlite3.Connection:
    """Return a connection to a database that changes none of its files, nor makes any."""
    log = path.with_name(f"{path.name}-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    return sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)


def _read_cells(path: Path) -> Iterator[Any]:
    """Give the values of a database, since a long one lies in several pages."""
    try:
        with closing(open_quietly(path)) as connection:
            connection.text_factory = bytes
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                name = table.decode().replace('"', '""')
                for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - quoted
                    yield list(row)
    except sqlite3.Error:
        return
