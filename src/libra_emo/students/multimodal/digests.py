"""Digests of what a student learnt from: its clips, its words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from libra_emo.media.shards import ShardReader

READ_CLIPS = 64
BLOCK_BYTES = 1 << 20


def digest_json(content: Any) -> str:
    """Return a digest of what JSON can hold."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def digest_clips(clip_ids: Sequence[str], shards: ShardReader) -> str:
    """Return a digest of clips: all their ids, and frames and sound of some 64 of them.

    An id holds its film's digest and its times; what is read besides tells of another size,
    number or quality of frames.
    """
    names = sorted(clip_ids)
    digest = hashlib.sha256("\n".join(names).encode())
    for place in range(0, len(names), max(1, len(names) // READ_CLIPS)):
        for ending, content in sorted(shards.raw(names[place]).items()):
            digest.update(ending.encode() + b"\0" + content)
    return digest.hexdigest()


def digest_folder(folder: Path) -> str:
    """Return a digest of a folder's files, by their names and content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    digest.update(block)
    return digest.hexdigest()
