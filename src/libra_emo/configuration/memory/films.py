"""Digests of films, remembered from one command to the next."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from libra_emo.common.digests import digest_file
from libra_emo.common.files import write_text
from libra_emo.common.integrity.stamps import is_settled, read_stamp
from libra_emo.common.secrecy.addresses import Address

NEVER_REACHED = "never reached"


class DigestMemory:
    """Remembers digests of files in a file, so that unchanged files are read once.

    Args:
        path: The file.
        keep: Whether it may be written.
        hidden: Returns whether a digest must not be written.
    """

    def __init__(
        self, path: Path, keep: bool = True, hidden: Callable[[str], bool] | None = None
    ) -> None:
        self._path = path
        self._hidden = hidden
        self._keep = keep
        self._known: dict[str, list[Any]] = self._read()

    def digest(self, path: Path) -> str:
        """Return the digest of a file; one with the same stamp as before is not read."""
        key, stamp = str(path.resolve()), read_stamp(path)
        known = self._known.get(key, [])
        if known[:-1] == stamp:
            return str(known[-1])
        before, digest = time.time_ns(), digest_file(path)
        if is_settled(stamp, before):
            self._known[key] = [*stamp, digest]
        else:
            self._known.pop(key, None)
        return digest

    def stamp(self, address: Address, stamp: str | None) -> str:
        """Return the stamp of a remote file or folder; the last one if it cannot be asked now.

        A server that is away changes nothing about the films, so nothing becomes stale.

        Args:
            address: Its address.
            stamp: Its stamp, if it was read just now.
        """
        key = f"remote {address.identity}"
        if stamp is not None:
            self._known[key] = [stamp]
        return str(self._known.get(key, [NEVER_REACHED])[0])

    def save(self) -> None:
        """Write what is new."""
        if self._hidden is not None:
            hidden = self._hidden
            self._known = {k: known for k, known in self._known.items() if not hidden(known[-1])}
        if self._keep and self._known != self._read():
            # names of files that are no UTF-8 are written as escapes
            write_text(self._path, json.dumps(self._known, indent=0, sort_keys=True))

    def _read(self) -> dict[str, list[Any]]:
        try:
            found: dict[str, list[Any]] = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found
