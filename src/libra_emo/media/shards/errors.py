"""What is wrong with a shard."""

from __future__ import annotations

from pathlib import Path

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.errors import LibraEmoError


class ShardError(LibraEmoError):
    """A shard is missing, or lacks a clip."""


class DamagedShardError(ShardError, DamagedFileError):
    """A shard is not as it was written."""


def damaged(path: Path, error: Exception, clip_id: str | None = None) -> DamagedShardError:
    """Return the error of a shard that is damaged, with the reason and the clip."""
    clip = "" if clip_id is None else f"clip {clip_id}: "
    return DamagedShardError(f"{clip}{path} is damaged ({error}); run preprocessing again", path)
