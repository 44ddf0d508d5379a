"""Files and folders that appear whole or not at all, and what a full disk means."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from libra_emo.common.parts import part_of
from libra_emo.errors import LibraEmoError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_WRITING = NO_ROOM | {errno.EROFS, errno.EACCES, errno.EPERM}


class DiskError(LibraEmoError):
    """A disk is full, or may not be written to."""


def publish(part: Path, path: Path) -> None:
    """Bring a written file to the disk and move it to its place in one step.

    A power cut after the move cannot leave an empty file. That the move itself is on the disk is
    known after `sync_folder`.
    """
    _sync(part)
    os.replace(part, path)


def sync_folder(folder: Path) -> None:
    """Bring the names of a folder's files to the disk, after which other files may rest on them."""
    with suppress(OSError):  # some file systems know no such thing for folders
        _sync(folder)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to, and move it to `path` when the block ends well.

    Content and name are on the disk then. When the block raises, what was at `path` stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    try:
        yield part
        publish(part, path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder beside `path`, which takes its place when the block ends well.

    A kill leaves the old folder or the new one, never a mixture. Between the two moves there may be
    none: then the old one lies beside, and the next block puts it back before it begins.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    old = path.with_name(f".{path.name}.old")
    if old.exists() and not path.exists():
        os.replace(old, path)
    part.mkdir()
    try:
        yield part
        for folder, _, names in os.walk(part):
            for name in names:
                _sync(Path(folder, name))
            sync_folder(Path(folder))
        _exchange(part, path, old)
        sync_folder(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)


def _exchange(part: Path, path: Path, old: Path) -> None:
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        os.replace(path, old)
    try:
        os.replace(part, path)
    except OSError:
        if old.exists():
            os.replace(old, path)
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 with line feeds, whole or not at all."""
    with new_file(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, content: Any, indent: int | None = 1) -> None:
    """Write a JSON file, whole or not at all, with a newline at its end."""
    write_text(path, json.dumps(content, indent=indent, ensure_ascii=False) + "\n")


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as JSON lines, whole or not at all."""
    with new_file(path) as part, part.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines; a last line that is torn is left out."""
    if not path.is_file():
        return []
    rows = []
    # not `splitlines`: texts may hold other line separators, which JSON leaves as they are
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except ValueError:
            break
    return rows


def raise_if_disk(error: BaseException, path: Path, numbers: frozenset[int] = NO_WRITING) -> None:
    """Raise if an error, or one behind it, says that a disk is full or may not be written to.

    Args:
        error: The error that was caught.
        path: The file that was written, for errors that do not name one.
        numbers: The system's numbers of such errors.

    Raises:
        DiskError: If so, naming the file and what to do.
    """
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "errno", None) in numbers:
            shown = error if isinstance(error, LibraEmoError) else cause
            raise DiskError(
                f"{_describe(shown, path)}; make room there, or give leave to write, and run "
                "again: what is done stays done"
            ) from error
        cause = cause.__cause__


def _describe(error: BaseException, path: Path) -> str:
    if isinstance(error, LibraEmoError):
        return str(error)
    place = getattr(error, "filename", None) or path
    return f"{place}: it cannot be written: {getattr(error, 'strerror', None) or error}"
