"""The reading of clips from a folder of shards."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2

from libra_emo.common.integrity.checksums import CHECKSUM_KEY, checksum, checksum_json
from libra_emo.media.shards.clip_data import ClipData, to_clip
from libra_emo.media.shards.errors import DamagedShardError, ShardError, damaged
from libra_emo.media.shards.index import BLOCK, Places, read_index, walk, write_index

# what reading a clip raises where its shard is damaged
_DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, tarfile.TarError)


class ShardReader:
    """Reader of the clips in a folder of shards; a pickled reader is small.

    Args:
        folder: Folder of the shards.
        names: File names of the shards to read; None for all shards of the folder.
    """

    def __init__(self, folder: Path, names: Sequence[str] | None = None) -> None:
        self.folder = Path(folder)
        self.names = names

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "names": self.names}

    def clip_ids(self) -> list[str]:
        """Return the ids of all clips, sorted."""
        return sorted(self._members)

    def shard(self, clip_id: str) -> Path:
        """Return the path of the shard that holds a clip.

        Raises:
            ShardError: If no shard has the clip.
        """
        return self._members_of(clip_id)[0]

    def clip(self, clip_id: str) -> ClipData:
        """Return a clip.

        Raises:
            ShardError: If no shard has the clip, or its part of the shard is damaged.
        """
        content = self.raw(clip_id)
        try:
            return to_clip(clip_id, content)
        except (ValueError, KeyError, TypeError, RuntimeError, cv2.error) as error:
            raise damaged(self.shard(clip_id), error, clip_id) from error

    def raw(self, clip_id: str) -> dict[str, bytes]:
        """Return the files of a clip in its shard, by their endings: `00.jpg`, …, `flac`.

        Raises:
            ShardError: If no shard has the clip, or its part of the shard is damaged.
        """
        path, places = self._members_of(clip_id)
        try:
            return _read_clip(path, clip_id, places)
        except _DAMAGE as error:
            if not self._walk_again(path):
                raise damaged(path, error, clip_id) from error
        return self.raw(clip_id)

    def _members_of(self, clip_id: str) -> tuple[Path, Places]:
        try:
            return self._members[clip_id]
        except KeyError:
            message = f"clip {clip_id}: no shard in {self.folder} has it; run preprocessing again"
            path = self.folder / f"{clip_id.rsplit('-', 2)[0]}.tar"
            if path.is_file():  # what follows damage in a tar cannot be found
                raise DamagedShardError(message, path) from None
            raise ShardError(message) from None

    def _paths(self) -> list[Path]:
        if self.names is not None:
            return [self.folder / name for name in sorted(self.names)]
        return sorted(self.folder.glob("*.tar"))

    @cached_property
    def _walked(self) -> set[Path]:
        """The shards whose index was not taken, or was found wrong."""
        return set()

    @cached_property
    def _members(self) -> dict[str, tuple[Path, Places]]:
        """Clip → path of its shard, and the places of its files there."""
        index: dict[str, tuple[Path, Places]] = {}
        for path in self._paths():
            places = read_index(path)
            if places is None:
                self._walked.add(path)
                places = _walk_and_keep(path)
            for clip_id, each in places.items():
                index.setdefault(clip_id, (path, each))
        return index

    def _walk_again(self, path: Path) -> bool:
        """Take a shard's own headers in place of its index; return whether that was not yet so."""
        if path in self._walked:
            return False
        self._walked.add(path)
        kept = {clip: each for clip, each in self._members.items() if each[0] != path}
        self._members = {**{clip: (path, each) for clip, each in walk_shard(path).items()}, **kept}
        return True


def _walk_and_keep(path: Path) -> dict[str, Places]:
    places = walk_shard(path)
    write_index(path, places)
    return places


def walk_shard(path: Path) -> dict[str, Places]:
    """Return the places of all clips' files, without a look at the shard's index.

    Raises:
        ShardError: If the shard is missing or damaged.
    """
    try:
        return walk(path)
    except FileNotFoundError as error:
        raise ShardError(f"{path}: the shard is missing; run preprocessing again") from error
    except (OSError, tarfile.TarError, ValueError) as error:
        raise damaged(path, error) from error


def _read_clip(path: Path, clip_id: str, places: Places) -> dict[str, bytes]:
    """Return the files of a clip by their endings; the errors of `_DAMAGE` mean damage."""
    with path.open("rb") as file:
        content = {
            ending: _read(file, f"{clip_id}.{ending}", *place)
            for ending, place in places.by_ending().items()
        }
    _verify(content)
    return content


def _verify(content: dict[str, bytes]) -> None:
    """Raise unless the files of a clip are those that were written.

    Raises:
        ValueError: If one is not, or is missing. Other errors of lookup mean the same.
    """
    facts = json.loads(content["json"])
    if "files" not in facts and CHECKSUM_KEY not in facts:
        return  # an earlier version's
    if facts[CHECKSUM_KEY] != checksum_json(facts):
        raise ValueError("the checksum of the clip's facts differs")
    for ending, wanted in facts["files"].items():
        if checksum(content[ending]) != wanted:
            raise ValueError(f"the checksum of {ending} differs")


def _read(file: Any, name: str, offset: int, size: int) -> bytes:
    file.seek(offset - BLOCK)
    # each file is filled up with zeros to whole blocks
    read: bytes = file.read(BLOCK + -(-size // BLOCK) * BLOCK)
    header = tarfile.TarInfo.frombuf(read[:BLOCK], "utf-8", "surrogateescape")
    if (header.name, header.size) != (name, size):
        raise ValueError(f"{header.name} lies where {name} is looked for")
    content = read[BLOCK:]
    if len(content) < size:
        raise ValueError("a file of the clip is cut off")
    if content[size:].strip(b"\0"):
        raise ValueError("something lies behind a file of the clip")
    return content[:size]
