"""The log of takedowns: salted digests of films, addresses, authors and annotators who withdrew.

A line a takedown. Neither an id nor a checksum nor an address is in it, so the log may be kept
after everything else is gone. A film that is listed again is recognised by its salted digest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from libra_emo.common.addresses.normal_form import normalise_address
from libra_emo.errors import LibraEmoError

LOG: Final = "takedowns.jsonl"
FOLDER: Final = Path("data/01_raw/.takedowns")
TAKEN_DOWN: Final = "taken down"
CONTENT: Final = "content"
ADDRESS: Final = "address"
AUTHOR: Final = "author"
PERSON: Final = "person"  # somebody who labelled clips, by name or pseudonym
KINDS: Final = (CONTENT, ADDRESS, AUTHOR)  # each entry has them; those of people have PERSON, too


class TakedownLogError(LibraEmoError):
    """The log of takedowns cannot be read; without it, what was taken down could come back."""


class TakedownLog:
    """The takedowns of a project.

    Attributes:
        entries: Its lines, the oldest first.
    """

    def __init__(self, entries: Iterable[Mapping[str, Any]] = ()) -> None:
        self.entries = list(entries)

    def find(self, **facts: str | None) -> int | None:
        """Return the number of the takedown that a film falls under; None if there is none.

        Args:
            **facts: Known values of `content` (a SHA-256), `address` and `author`.
        """
        for entry in self.entries:
            for kind, value in facts.items():
                digests = entry["digests"].get(kind, ())
                if value and salt_value(entry["salt"], kind, value) in digests:
                    return int(entry["number"])
        return None

    def has_content(self, sha256: str) -> bool:
        """Return whether a file with this checksum was taken down."""
        return bool(self.entries) and self.find(content=sha256) is not None

    @property
    def withdrawn(self) -> list[tuple[str, str]]:
        """Salts and salted digests of the names and pseudonyms of people who withdrew."""
        return [
            (entry["salt"], digest)
            for entry in self.entries
            for digest in entry["digests"].get(PERSON, ())
        ]

    @property
    def version(self) -> str | None:
        """The version of the release that the last takedown made; None if it made none."""
        versions = [entry.get("version") for entry in self.entries if entry.get("version")]
        return versions[-1] if versions else None


def read_log(folder: Path | None) -> TakedownLog:
    """Return the log in a folder; an empty one if nothing was taken down.

    Raises:
        TakedownLogError: If it is there and cannot be read.
    """
    path = None if folder is None else folder / LOG
    if path is None or not path.is_file():
        return TakedownLog()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines if line.strip()]
        for entry in entries:
            _ = int(entry["number"]), entry["salt"], [entry["digests"][kind] for kind in KINDS]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise TakedownLogError(
            f"{path}: cannot be read ({type(error).__name__}); restore it from a backup, since "
            "without it films that were taken down could come back"
        ) from error
    return TakedownLog(entries)


def salt_value(salt: str, kind: str, value: str) -> str:
    """Return the salted digest of a checksum, an address or a name.

    Args:
        salt: Salt of the entry.
        kind: One of `KINDS`.
        value: The value, in any spelling.
    """
    text = f"{kind}\0{_plain(kind, value)}".encode("utf-8", "replace")
    return hmac.new(bytes.fromhex(salt), text, hashlib.sha256).hexdigest()


def _plain(kind: str, value: str) -> str:
    """Return one form of all spellings of a value."""
    if kind == ADDRESS:
        return normalise_address(value)
    return " ".join(value.split()).casefold()
