"""Records of what is done, each with the digest of all that it rests on."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

from libra_emo.errors import LibraEmoError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_WRITING = NO_ROOM | {errno.EROFS, errno.EACCES, errno.EPERM}


class DiskError(LibraEmoError):
    """A disk is full, or may not be written to."""


def write_record(path: Path, key: str, content: Any) -> Any:
    """Write a record, whole or not at all, and return its content as `read_record` will.

    Args:
        path: The file.
        key: The digest of all that the content rests on.
        content: What JSON can hold.

    Raises:
        DiskError: If it cannot be written.
    """
    text = json.dumps({"key": key, "content": content}, indent=0)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise_if_disk(error, path)
        raise
    finally:
        part.unlink(missing_ok=True)
    return json.loads(text)["content"]


def read_record(path: Path, key: str) -> Any:
    """Return a record's content; None if there is none, or it rests on something else."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return record["content"] if record["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def raise_if_disk(error: BaseException, path: Path, numbers: frozenset[int] = NO_WRITING) -> None:
    """Raise if an error, or one behind it, says that a disk is full or may not be written to.

    Args:
        error: The error.
        path: What was written, where the error does not tell.
        numbers: The system's numbers of such errors.

    Raises:
        DiskError: If so, naming the file and what to do.
    """
    cause: BaseException | None = error
    while cause is not None:
        if getattr(cause, "errno", None) in numbers:
            raise DiskError(
                f"{_tell(error, path)}; make room there, or give leave to write, and run again: "
                "what is done stays done"
            ) from error
        cause = cause.__cause__


def _tell(error: BaseException, path: Path) -> str:
    if isinstance(error, LibraEmoError):
        return str(error)
    place = getattr(error, "filename", None) or path
    return f"{place}: it cannot be written: {getattr(error, 'strerror', None) or error}"
