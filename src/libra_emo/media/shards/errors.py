"""What is wrong with a shard."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Final

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.secrecy.addresses import Address
from libra_emo.errors import LibraEmoError

# what reading a clip raises where its shard is damaged
DAMAGE: Final = (OSError, ValueError, LookupError, TypeError, AttributeError, tarfile.TarError)


class ShardError(LibraEmoError):
    """A shard is missing, or lacks a clip."""


class DamagedShardError(ShardError, DamagedFileError):
    """A shard is not as it was written."""


def damaged(
    place: Path | Address, error: Exception, clip_id: str | None = None
) -> DamagedShardError:
    """Return the error of a shard that is damaged, with the reason and the clip.

    A remote shard has no path: nobody sets it aside.
    """
    clip = "" if clip_id is None else f"clip {clip_id}: "
    if isinstance(place, Path):
        message = f"{clip}{place} is damaged ({error}); run preprocessing again"
        return DamagedShardError(message, place)
    return DamagedShardError(
        f"{clip}{place} is damaged ({error}); copy the shard there again, or run preprocessing "
        "again where it is written"
    )
