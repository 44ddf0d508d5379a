"""A remote file as one that can be read and searched, for those who expect a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

# of a shard without index nearly all is read, since its headers lie close together
BUFFER_BYTES: Final = 1 << 20


class _RangeFile(io.RawIOBase):
    """A file whose pieces are fetched.

    Args:
        fetch: Function that returns the bytes from one place to another.
        size: Size of the file in bytes.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._fetch, self._size, self._place = fetch, size, 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that every place can be gone to."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the current place, and return how many bytes there were."""
        end = min(self._place + len(buffer), self._size)
        if end <= self._place:
            return 0
        content = self._fetch(self._place, end)
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)


def open_ranges(fetch: Callable[[int, int], bytes], size: int) -> io.BufferedReader:
    """Return a remote file that is read in large pieces.

    Args:
        fetch: Function that returns the bytes from one place to another.
        size: Size of the file in bytes.
    """
    return io.BufferedReader(_RangeFile(fetch, size), BUFFER_BYTES)
