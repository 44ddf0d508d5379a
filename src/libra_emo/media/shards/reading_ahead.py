"""Clips that are fetched before they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from libra_emo.media.shards.clip_data import ClipData
    from libra_emo.media.shards.reader import ShardReader

Files = dict[str, bytes]


@dataclass(frozen=True)
class Ahead:
    """How much is read in advance.

    Attributes:
        clips: Number of clips.
        megabytes: Size of these clips as they lie in their shards; one clip may exceed it.
        threads: Number of clips that are read at once.
    """

    clips: int = 32
    megabytes: float = 256.0
    threads: int = 16


@dataclass(frozen=True)
class _Coming:
    clip_id: str
    size: int
    files: Future[Files]


class ReadAhead:
    """Source of clips that reads them in advance, in the order in which they will be asked for.

    An error is raised when its clip is asked for. A clip that comes earlier than its turn lets
    those before it go; one that is in no turn is read at once. Several threads may ask.

    Args:
        reader: Reader of the shards.
        clip_ids: Ids in the order in which they will be asked for.
        ahead: How much is read in advance.
    """

    def __init__(self, reader: ShardReader, clip_ids: Iterable[str], ahead: Ahead) -> None:
        self._reader, self._ahead = reader, ahead
        self._waiting = iter(clip_ids)
        self._next: str | None = None
        self._coming: deque[_Coming] = deque()
        self._bytes = 0
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(ahead.threads, "reading ahead")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._waiting, self._next = iter(()), None
            self._drop(len(self._coming))
        self._pool.shutdown(wait=False, cancel_futures=True)

    def __getattr__(self, name: str) -> Any:
        """Return anything else from the reader."""
        return getattr(self._reader, name)

    def clip(self, clip_id: str) -> ClipData:
        """Return a clip; raises what `ShardReader.clip` raises."""
        return self._reader.decode(clip_id, self.raw(clip_id))

    def raw(self, clip_id: str) -> Files:
        """Return the files of a clip; raises what `ShardReader.raw` raises."""
        with self._lock:
            self._fill()
            found = self._take(clip_id)
            self._fill()
        return self._reader.raw(clip_id) if found is None else found.result()

    def _take(self, clip_id: str) -> Future[Files] | None:
        """Return the files of a clip that was read in advance, or None."""
        place = next((n for n, one in enumerate(self._coming) if one.clip_id == clip_id), None)
        if place is None:
            if clip_id == self._next:  # there was no room: all that waits was passed over
                self._next = None
                self._drop(len(self._coming))
            return None
        one = self._coming[place]
        del self._coming[place]
        self._bytes -= one.size
        # several threads take neighbours in any order; what lies further back was passed over
        self._drop(max(0, place - self._ahead.threads))
        return one.files

    def _drop(self, count: int) -> None:
        for _ in range(count):
            passed = self._coming.popleft()
            passed.files.cancel()
            self._bytes -= passed.size

    def _fill(self) -> None:
        """Start to read clips while there is room."""
        room = self._ahead.megabytes * 1e6
        while len(self._coming) < self._ahead.clips:
            clip_id = next(self._waiting, None) if self._next is None else self._next
            self._next = clip_id
            if clip_id is None:
                return
            size = self._reader.size(clip_id)
            if self._coming and self._bytes + size > room:
                return
            self._next = None
            self._bytes += size
            files = self._pool.submit(self._reader.raw, clip_id)
            self._coming.append(_Coming(clip_id, size, files))
