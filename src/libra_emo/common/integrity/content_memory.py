"""What was read of files, remembered as JSON while the stamps of these files stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from libra_emo.common.files import new_file
from libra_emo.common.integrity.checksums import checksum

_SEPARATOR = b"\t"  # JSON writes a tab in a text as an escape


class ContentMemory:
    """Remembers contents by key and stamp, in a file with one line for each.

    Each line has a checksum, so damage costs the contents of damaged lines alone. A content is
    parsed when it is asked for. What was neither found nor kept before `save` is forgotten. Several
    threads may ask at once.

    Args:
        path: Place of the memory. It belongs to this machine alone: elsewhere stamps differ.
            Without one, nothing is known from before, and nothing is written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._used: dict[bytes, bytes] = {}
        self._known: dict[bytes, bytes] = {}
        if path is not None:
            with suppress(OSError, ValueError):
                self._known = dict(_read_lines(path))

    def find(self, key: str, stamp: Any) -> Any:
        """Return the content that was kept for a key; None if there is none with this stamp.

        Args:
            key: Name of the content, such as the path of a file.
            stamp: Everything that it depends on, as JSON can hold it.
        """
        name = _to_json(key)
        line = self._known.get(name)
        try:
            known, found, content = (line or b"").split(_SEPARATOR, 2)
            if found != _to_json(stamp) or known.decode() != _checksum(name, found, content):
                return None
            value = json.loads(content)
        except ValueError:
            return None
        self._used[name] = line or b""
        return value

    def keep(self, key: str, stamp: Any, content: Any) -> None:
        """Remember a content.

        Args:
            key: Name of the content.
            stamp: Everything that it depends on.
            content: The content, as JSON can hold it.
        """
        name, found, value = _to_json(key), _to_json(stamp), _to_json(content)
        known = _checksum(name, found, value).encode()
        self._used[name] = _SEPARATOR.join([known, found, value])

    def forget(self, key: str) -> None:
        """Leave a content out of what is written."""
        self._used.pop(_to_json(key), None)

    def save(self) -> None:
        """Write what was used; where this is not possible, it is read again next time."""
        path = self._path
        if path is None or self._used == self._known or not path.parent.is_dir():
            return
        with suppress(OSError), new_file(path) as part, part.open("wb") as file:
            for name, line in sorted(self._used.items()):
                file.write(_SEPARATOR.join([name, line]) + b"\n")
        self._known = dict(self._used)


def _read_lines(path: Path) -> Iterator[tuple[bytes, bytes]]:
    with path.open("rb") as file:
        for line in file:
            name, separator, rest = line.rstrip(b"\n").partition(_SEPARATOR)
            if separator:
                yield name, rest


def _to_json(value: Any) -> bytes:
    # names of files that are no UTF-8 have surrogates
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _checksum(*parts: bytes) -> str:
    return checksum(_SEPARATOR.join(parts))
