"""Digests: SHA-256 in hexadecimal digits, of text, JSON, files and folders."""

from __future__ import annotations

import errno
import hashlib
import json
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

_SAMPLED_BLOCKS: Final = 64
_BLOCK_BYTES: Final = 1 << 20


def digest_text(text: str) -> str:
    """Return the digest of a text in UTF-8; bytes that are no UTF-8 are taken as they came."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def digest_bytes(content: bytes) -> str:
    """Return the digest of bytes."""
    return hashlib.sha256(content).hexdigest()


def digest_json(content: Any) -> str:
    """Return the digest of what JSON can hold; the order of keys changes nothing.

    What JSON does not know, such as a path, is taken by its `str`.
    """
    return digest_text(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str))


def digest_file(path: Path) -> str:
    """Return the digest of a file's content, read in blocks.

    Raises:
        OSError: If it cannot be read, or is no regular file: a pipe or a device may have no end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_files(paths: Iterable[Path], root: Path) -> str:
    """Return one digest of files' names below a root and their content, whatever their order.

    Raises:
        OSError: If one of them cannot be read.
    """
    whole = hashlib.sha256()
    for path in sorted(paths):
        name = path.relative_to(root).as_posix()
        whole.update(f"{name}\0{digest_file(path)}\0".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def digest_sampled(path: Path) -> str:
    """Return a digest of a file that may be as large as a model's weights.

    A file of at most 64 MiB is read whole. Of a larger one the size and 64 evenly spread blocks of
    1 MiB are read: weights that were trained anew differ nearly everywhere.

    Raises:
        OSError: If it cannot be read.
    """
    size = path.stat().st_size
    if size <= _SAMPLED_BLOCKS * _BLOCK_BYTES:
        return digest_file(path)
    whole = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for number in range(_SAMPLED_BLOCKS):
            file.seek((size - _BLOCK_BYTES) * number // (_SAMPLED_BLOCKS - 1))
            whole.update(file.read(_BLOCK_BYTES))
    return whole.hexdigest()


def digest_folder(folder: Path) -> str:
    """Return the digest of all files of a folder, by their names and content."""
    return digest_files((path for path in folder.rglob("*") if path.is_file()), folder)
