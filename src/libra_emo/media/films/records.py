"""Records of results, each with a digest of everything that the result depends on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from libra_emo.common.files import raise_if_disk, write_text
from libra_emo.common.integrity.checksums import CHECKSUM_KEY, checksum_json


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


def read_record(path: Path, key: str) -> Any:
    """Return the content of a record; None if it is missing, damaged, or has another key."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        whole = record[CHECKSUM_KEY] == checksum_json(record)
        return record["content"] if whole and record["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
