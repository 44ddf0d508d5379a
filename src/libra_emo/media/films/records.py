"""Records of results, each with a digest of everything that the result depends on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from libra_emo.common.files import raise_if_disk, write_text
from libra_emo.common.integrity.checksums import CHECKSUM_KEY, checksum_json
from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import is_settled, read_stamp


def write_record(path: Path, key: str, content: Any) -> Any:
    """Write a record, whole or not at all, and return its content as `read_record` would.

    Args:
        path: The file.
        key: Digest of everything that the content depends on.
        content: Content that JSON can hold.

    Raises:
        DiskError: If it cannot be written.
    """
    record = {"key": key, "content": content}
    text = json.dumps({**record, CHECKSUM_KEY: checksum_json(record)}, indent=0)
    try:
        write_text(path, text)
    except OSError as error:
        raise_if_disk(error, path)
        raise
    return json.loads(text)["content"]


def read_record(
    path: Path,
    key: str,
    memory: ContentMemory | None = None,
    accepts: Callable[[Any], bool] = lambda content: True,
) -> Any:
    """Return the content of a record; None if it is missing, damaged, or has another key.

    Args:
        path: The file.
        key: Digest of everything that the content depends on.
        memory: Memory of records; one that nobody touched since is neither opened nor checked.
        accepts: Function that says whether the content has the shape that is expected.
    """
    if memory is None:
        return _read(path, key, accepts)
    try:
        stamp = read_stamp(path)
    except (OSError, ValueError):
        return None
    content = memory.find(path.name, [stamp, key])
    if content is None:
        before = time.time_ns()
        content = _read(path, key, accepts)
        if content is not None and is_settled(stamp, before):
            memory.keep(path.name, [stamp, key], content)
    return content


def _read(path: Path, key: str, accepts: Callable[[Any], bool]) -> Any:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        whole = record[CHECKSUM_KEY] == checksum_json(record)
        content = record["content"] if whole and record["key"] == key else None
        return content if content is not None and accepts(content) else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
