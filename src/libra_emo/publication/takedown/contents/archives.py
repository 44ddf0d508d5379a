"""Archives without the members that name a film."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from libra_emo.publication.takedown.needles import Needles


def filter_tar(path: Path, out: Path, needles: Needles) -> int:
    """Write an archive without the members whose name or content names a film; return how many."""
    removed = 0
    with tarfile.open(path, "r:") as members, tarfile.open(out, "w:") as kept:
        for member in members:
            file = members.extractfile(member) if member.isfile() else None
            content = file.read() if file else b""
            if needles.in_text(member.name) or needles.in_bytes(content):
                removed += 1
            else:
                kept.addfile(member, io.BytesIO(content) if file else None)
    return removed
