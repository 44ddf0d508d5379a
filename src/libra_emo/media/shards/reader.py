"""The reading of clips from a folder of shards, here or at an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import cv2

from libra_emo.common.secrecy.addresses import Address, is_address
from libra_emo.media.options import FetchingOptions
from libra_emo.media.shards.clip_data import ClipData, to_clip
from libra_emo.media.shards.clip_files import count_bytes, read_files
from libra_emo.media.shards.errors import DAMAGE, DamagedShardError, ShardError, damaged
from libra_emo.media.shards.index import Places
from libra_emo.media.shards.local import LocalShards
from libra_emo.media.shards.reading_ahead import Ahead, ReadAhead

if TYPE_CHECKING:
    from libra_emo.media.shards.remote import RemoteShards

Source = TypeVar("Source")


class ShardReader:
    """Reader of the clips in a folder of shards; a pickled reader is small.

    Of a remote folder only the indexes and the clips that are asked for are transferred. A pickled
    reader holds the login of its address.

    Args:
        folder: Folder of the shards: a path, or any URL that fsspec can open.
        names: File names of the shards to read; None for all shards of the folder.
        cache: Folder that keeps the indexes of remote shards; None keeps none.
        options: How often trouble with a remote folder is tried again.
    """

    def __init__(
        self,
        folder: Path | str | Address,
        names: Sequence[str] | None = None,
        cache: Path | None = None,
        options: FetchingOptions | None = None,
    ) -> None:
        self.folder = _to_folder(folder)
        self.names, self.cache, self.options = names, cache, options
        self._lock = RLock()

    def __getstate__(self) -> dict[str, Any]:
        kept = ("folder", "names", "cache", "options")
        return {name: self.__dict__[name] for name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    @property
    def is_remote(self) -> bool:
        """Whether the shards lie at an address."""
        return isinstance(self.folder, Address)

    def clip_ids(self) -> list[str]:
        """Return the ids of all clips, sorted."""
        return sorted(self._members)

    def has_shard(self, name: str) -> bool:
        """Return whether a shard exists, by its file name."""
        return self._store.has(name)

    def shard(self, clip_id: str) -> Path | Address:
        """Return the path or the address of the shard that holds a clip.

        Raises:
            ShardError: If no shard has the clip.
        """
        return self._store.place(self._members_of(clip_id)[0])

    def place(self, name: str) -> Path | Address:
        """Return where a shard of a name lies, for a process that may run elsewhere."""
        if isinstance(self.folder, Path):
            return self.folder.absolute() / name
        return replace(self.folder.join(name), credentials=self.folder.credentials)

    def stamp(self, name: str) -> str:
        """Return a text that changes with the content of a shard; empty if nothing is known.

        Raises:
            OSError: If the shard of a local folder is missing.
            ShardError: If the shard of a remote folder is missing.
        """
        return self._store.stamp(name)

    def clip(self, clip_id: str) -> ClipData:
        """Return a clip.

        Raises:
            ShardError: If no shard has the clip, or its part of the shard is damaged.
            AddressError: If a remote shard cannot be reached.
        """
        return self.decode(clip_id, self.raw(clip_id))

    def decode(self, clip_id: str, content: dict[str, bytes]) -> ClipData:
        """Return a clip of which the files have been read.

        Raises:
            ShardError: If they are damaged.
        """
        try:
            return to_clip(clip_id, content)
        except (ValueError, KeyError, TypeError, RuntimeError, cv2.error) as error:
            raise damaged(self.shard(clip_id), error, clip_id) from error

    def raw(self, clip_id: str) -> dict[str, bytes]:
        """Return the files of a clip in its shard, by their endings: `00.jpg`, …, `flac`.

        Raises:
            ShardError: If no shard has the clip, or its part of the shard is damaged.
            AddressError: If a remote shard cannot be reached.
        """
        name, places = self._members_of(clip_id)
        try:
            return read_files(partial(self._store.read, name), clip_id, places)
        except DAMAGE as error:
            if not self._renew(name, clip_id, places):
                raise damaged(self._store.place(name), error, clip_id) from error
        return self.raw(clip_id)

    def size(self, clip_id: str) -> int:
        """Return how many bytes are read for a clip; 0 if no shard has it."""
        found = self._members.get(clip_id)
        return 0 if found is None else count_bytes(found[1])

    @contextmanager
    def ahead(
        self, clip_ids: Iterable[str], ahead: Ahead | None = None
    ) -> Iterator[ShardReader | ReadAhead]:
        """Return a source of clips that are read in about this order, some of them in advance.

        Shards on this machine are read when they are asked for: the system reads ahead by itself.

        Args:
            clip_ids: Ids in the order in which they will be asked for. Others may be asked for.
            ahead: How much is read in advance.
        """
        if not self.is_remote:
            yield self
            return
        with ReadAhead(self, clip_ids, ahead or Ahead()) as source:
            yield source

    def _members_of(self, clip_id: str) -> tuple[str, Places]:
        found = self._members.get(clip_id)
        if found is not None:
            return found
        name = f"{clip_id.rsplit('-', 2)[0]}.tar"
        exists = self._store.has(name)
        if exists and self._renew(name, clip_id, None):
            return self._members_of(clip_id)
        message = f"clip {clip_id}: no shard in {self.folder} has it; run preprocessing again"
        if exists:  # what follows damage in a tar cannot be found
            path = self._store.place(name)
            raise DamagedShardError(message, path if isinstance(path, Path) else None)
        raise ShardError(message)

    @cached_property
    def _store(self) -> LocalShards | RemoteShards:
        if isinstance(self.folder, Path):
            return LocalShards(self.folder, self.names)
        from libra_emo.media.shards.remote import RemoteShards

        return RemoteShards(self.folder, self.names, self.cache, self.options)

    @cached_property
    def _members(self) -> dict[str, tuple[str, Places]]:
        """Clip → name of its shard, and the places of its files there."""
        index: dict[str, tuple[str, Places]] = {}
        for name, places in self._store.open_indexes():
            for clip_id, each in places.items():
                if index.setdefault(clip_id, (name, each))[0] != name:
                    self._others.append((clip_id, name, each))
        return index

    @cached_property
    def _others(self) -> list[tuple[str, str, Places]]:
        """Further places of clips that another shard has, or its wrong index claims."""
        return []

    def _renew(self, name: str, clip_id: str, used: Places | None) -> bool:
        """Look again where a shard's clips lie; return whether that may be new.

        Args:
            name: Name of the shard.
            clip_id: Clip that was not found where its files should be.
            used: Where they should be; None where that is not known.
        """
        with self._lock:
            known = self._members.get(clip_id)
            if known is not None and known[1] is not used:
                return True  # another thread has looked
            places = self._store.renew(name)
            if places is None:
                return False
            kept = {clip: each for clip, each in self._members.items() if each[0] != name}
            found = {**{clip: (name, each) for clip, each in places.items()}, **kept}
            for clip, shard, each in self._others:
                if shard != name:
                    found.setdefault(clip, (shard, each))
            self._members = found
            return True


@contextmanager
def read_ahead(source: Source, clip_ids: Iterable[str]) -> Iterator[Source]:
    """Return a source of clips, which reads ahead where it is a reader of remote shards.

    Args:
        source: Reader of shards, or anything else that returns clips.
        clip_ids: Ids in the order in which they will be asked for.
    """
    if isinstance(source, ShardReader):
        with source.ahead(clip_ids) as ahead:
            yield cast(Source, ahead)
    else:
        yield source


def _to_folder(folder: Path | str | Address) -> Path | Address:
    if isinstance(folder, Path | Address):
        return folder
    if not is_address(folder):
        return Path(folder)
    from libra_emo.media.sources import is_remote, to_path
    from libra_emo.media.sources.addresses import to_address

    return to_address(folder) if is_remote(folder) else to_path(folder)
