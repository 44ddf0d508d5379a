"""Shards in a folder at an address, of which only pieces are transferred."""

from __future__ import annotations

import os
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

from libra_emo.common.secrecy.addresses import Address
from libra_emo.media.options import FetchingOptions
from libra_emo.media.shards.clip_files import Range, check_header
from libra_emo.media.shards.errors import DAMAGE, ShardError, damaged
from libra_emo.media.shards.index import BLOCK, Places, decode, find_last, hide_name, walk
from libra_emo.media.shards.index_cache import IndexCache
from libra_emo.media.shards.range_file import open_ranges
from libra_emo.media.sources import AddressError, open_system, read_stamp
from libra_emo.media.sources.failures import explain_failure
from libra_emo.media.sources.waiting import run_within, try_again

T = TypeVar("T")
Entry = dict[str, Any]

AT_ONCE: Final = 32  # requests for indexes and properties
_RENEWALS: Final = 3  # of one shard, which somebody may be writing
# what stores answer that hide whether a file exists
_HIDDEN: Final = frozenset({400, 401, 403, 405, 406})


class _NotThere(ValueError):
    """What is asked for is not where it was, as where a shard is damaged."""


class RemoteShards:
    """Shards in a folder at an address.

    Args:
        folder: Address of the folder, with its login.
        names: File names of the shards; None for all shards of the folder.
        cache: Folder that keeps indexes; None keeps none.
        options: How often trouble that may pass is tried again.
    """

    def __init__(
        self,
        folder: Address,
        names: Sequence[str] | None,
        cache: Path | None,
        options: FetchingOptions | None,
    ) -> None:
        self.folder, self._names = folder, names
        self._options = options or FetchingOptions()
        self._cache = IndexCache(cache, folder.identity)
        self._walked: set[str] = set()
        self._renewed: Counter[str] = Counter()
        self._systems: dict[int, tuple[Any, str]] = {}
        self._opening = Lock()

    def place(self, name: str) -> Address:
        """Return the address of a shard."""
        return self.folder.join(name)

    def has(self, name: str) -> bool:
        """Return whether a shard exists."""
        return name in self._entries

    def stamp(self, name: str) -> str:
        """Return a text that changes with the content of a shard; empty if nothing is known.

        Raises:
            ShardError: If the shard is missing.
            AddressError: If it cannot be reached.
        """
        if name not in self._entries:
            raise self._missing(name)
        return read_stamp(self._entries[name])

    def open_indexes(self) -> Iterator[tuple[str, dict[str, Places]]]:
        """Give the name of each shard with clip → places of the clip's files, many at once.

        Raises:
            ShardError: If a shard is missing or damaged.
            AddressError: If one cannot be reached.
        """
        names = sorted(self._entries if self._names is None else self._names)
        with ThreadPoolExecutor(AT_ONCE, "indexes") as pool:
            yield from zip(names, pool.map(self._open_index, names), strict=True)

    def renew(self, name: str) -> dict[str, Places] | None:
        """Return where a shard's clips lie now; None if that is known already.

        If the shard has changed, its index is fetched again. If not, its own headers are read.

        Raises:
            ShardError: If the shard is missing or damaged.
            AddressError: If it cannot be reached.
        """
        before = self.stamp(name)
        self._entries[name] = self._look_up(name)
        changed = self.stamp(name) != before
        if self._renewed[name] >= _RENEWALS or not (changed or name not in self._walked):
            return None
        self._renewed[name] += 1
        return self._open_index(name) if changed else self._walk(name)

    def read(self, name: str, ranges: Sequence[Range]) -> list[bytes]:
        """Return pieces of a shard, each by one request.

        Raises:
            ValueError: If a piece lies outside of the shard, or the shard has changed.
            ShardError: If the shard is missing.
            AddressError: If it cannot be reached.
        """
        return [self._ask(name, partial(self._read_piece, name, *piece)) for piece in ranges]

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        """Name → properties of each shard, by one listing where that has them."""
        found = {} if self._names is not None else self._list()
        unknown = [name for name in self._names or found if not read_stamp(found.get(name, {}))]
        with ThreadPoolExecutor(AT_ONCE, "properties") as pool:
            return {**found, **dict(zip(unknown, pool.map(self._look_up, unknown), strict=True))}

    def _list(self) -> dict[str, Entry]:
        try:
            listing = self._try(self.folder, lambda: self._call("ls", "", detail=True))
        except AddressError as error:
            if error.kind != "gone":
                raise
            raise ShardError(
                f"{self.folder}: there is no such folder of shards; correct the address"
            ) from None
        entries = {str(entry["name"]).rpartition("/")[2]: entry for entry in listing}
        return {name: entries[name] for name in sorted(entries) if name.endswith(".tar")}

    def _look_up(self, name: str) -> Entry:
        entry: Entry = self._ask(name, lambda: self._inspect(name))
        return entry

    def _inspect(self, name: str) -> Entry:
        """Return the present properties of a shard, not those of an earlier listing."""
        self._open()[0].invalidate_cache()
        entry: Entry = self._call("info", name)
        return entry

    def _open_index(self, name: str) -> dict[str, Places]:
        """Return where a shard's clips lie: from the cache, its index, or its own headers."""
        stamp = self.stamp(name)
        known = self._cache.read(name, stamp)
        if known is not None:
            return known
        size = self._entries[name].get("size")
        content = self._fetch_index(name)
        places = decode(content, lambda facts: size in (None, facts["shard"][0]))
        if places is None or not self._is_of(name, places):
            return self._walk(name)
        self._cache.write(name, stamp, places)
        return places

    def _is_of(self, name: str, places: Mapping[str, Places]) -> bool:
        """Return whether the last file of an index lies where the index says."""
        found = find_last(places)
        if found is None:
            return False
        try:
            start = found.offset - BLOCK
            (header,) = self.read(name, [(start, found.offset)])
            check_header(header, f"{found.clip_id}.{found.ending}", found.size)
        except DAMAGE:
            return False
        return True

    def _fetch_index(self, name: str) -> bytes:
        """Return the index beside a shard; nothing if there is none."""
        index = hide_name(name)
        try:
            content: bytes = self._try(self.place(index), lambda: self._call("cat_file", index))
        except AddressError as error:
            if error.kind == "gone" or error.status in _HIDDEN:
                return b""
            raise
        return content

    def _walk(self, name: str) -> dict[str, Places]:
        """Return what a shard's own headers say, and keep it."""
        self._walked.add(name)
        size = self._entries[name].get("size")
        if size is None:
            raise ShardError(f"{self.place(name)}: neither its index nor its size is known")
        try:
            with open_ranges(lambda start, end: self.read(name, [(start, end)])[0], size) as file:
                places = walk(file)
        except (OSError, tarfile.TarError, ValueError) as error:
            raise damaged(self.place(name), error) from error
        self._cache.write(name, self.stamp(name), places)
        return places

    def _read_piece(self, name: str, start: int, end: int) -> bytes:
        """Return a piece of a shard."""
        content: bytes = self._call("cat_file", name, start=start, end=end)
        if len(content) == end - start:
            return content
        if read_stamp(self._inspect(name)) != self.stamp(name):
            raise _NotThere("the shard has changed")
        size = self._entries[name].get("size")
        if size is not None and end > size:
            raise _NotThere("a file of the clip lies behind the end of the shard")
        raise AddressError(f"{self.place(name)}: it cannot be fetched: the answer breaks off")

    def _ask(self, name: str, function: Callable[[], T]) -> T:
        """Return what a request for a shard returns.

        Raises:
            ShardError: If the shard is missing.
            AddressError: If it cannot be reached.
            ValueError: If what is asked for lies outside of the shard.
        """
        try:
            return self._try(self.place(name), function)
        except AddressError as error:
            if error.kind == "gone":
                raise self._missing(name) from None
            if error.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise _NotThere("a file of the clip lies behind the end of the shard") from None
            raise

    def _missing(self, name: str) -> ShardError:
        return ShardError(
            f"{self.place(name)}: the shard is missing; copy it there, or run preprocessing again"
        )

    def _try(self, address: Address, function: Callable[[], T]) -> T:
        """Return what a request returns; trouble that may pass is tried again."""

        def ask() -> T:
            try:
                seconds = 3 * self._options.max_silent_seconds
                return run_within(seconds, function, address.shown)
            except _NotThere:
                raise
            except Exception as error:  # every file system has its own errors
                failure = explain_failure(address.shown, error)
            if failure.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                failure.retry = False
            raise failure

        return try_again(ask, self._options, self._options.attempts)

    def _call(self, method: str, name: str, **options: Any) -> Any:
        """Call a method of the file system."""
        system, root = self._open()
        path = f"{root.rstrip('/')}/{name}" if name else root
        return getattr(system, method)(path, **options)

    def _open(self) -> tuple[Any, str]:
        """Return the file system and the path in it; a forked process opens one of its own."""
        with self._opening:
            if os.getpid() not in self._systems:
                seconds = self._options.max_silent_seconds
                self._systems[os.getpid()] = open_system(self.folder, seconds)
            return self._systems[os.getpid()]
