"""What must stay where a release was made: names of annotators, keys, local paths.

Names are looked for where they could come from: in what identifies agents, not in titles, authors
and words spoken, where the same name means somebody else. Keys and paths are looked for everywhere,
in the bytes of clips too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from libra_emo.common.secrecy.hiding import SHORTEST_VALUE

_KEYS: Final = re.compile(
    r"\b(?:sk-[\w-]{16,}|hf_[A-Za-z0-9]{16,}|gh[oprsu]_[A-Za-z0-9]{16,}|AKIA[0-9A-Z]{16}"
    r"|AIza[\w-]{30,}|xox[abprs]-[\w-]{10,}|glpat-[\w-]{16,})|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_PATHS: Final = re.compile(
    r"(?<![\w.:/])/(?:home|Users|root|mnt|media|tmp|var|srv|opt|work|data|private|Volumes)/[\w.-]"
    r"|\b[A-Za-z]:\\(?:Users|Documents|[\w.-]+\\)|\bfile:///|(?<![\w/])~/[\w.-]"
)
_HOMES: Final = re.compile(rb"/(?:home|Users)/[\w.-]{2,}/[\w.-]{2,}")
_LOGINS: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/@]+:[^\s/@]+@")
_CODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")
SHORTEST_NAME: Final = 3
SHORTEST_IN_BYTES: Final = 6  # shorter names occur in pictures by chance


@dataclass(frozen=True)
class Traces:
    """What is looked for.

    Attributes:
        names: Names of people who annotate.
        secrets: Values of keys and passwords.
        places: Paths of this machine, such as that of the project.
    """

    names: Collection[str] = ()
    secrets: Collection[str] = field(default=(), repr=False)
    places: Collection[str] = ()

    def find(self, text: str, with_names: bool = False) -> Iterator[str]:
        """Give what kinds of traces a text has.

        Args:
            text: The text.
            with_names: Whether names are looked for, too.
        """
        if _KEYS.search(text) or any(secret in text for secret in self._long_secrets):
            yield "a key or a password"
        if _LOGINS.search(text):
            yield "an address with a login"
        if _PATHS.search(text) or any(place in text for place in self.places if len(place) > 1):
            yield "a path of a machine"
        if with_names and self._names is not None and self._names.search(text):
            yield "the name of an annotator"

    def find_in_bytes(self, content: bytes) -> Iterator[str]:
        """Give what kinds of traces the bytes of a clip have, as UTF-8 or UTF-16."""
        if any(text in content for text in self._bytes):
            yield "a name, a key or a path"
        if _KEYS.search(content.decode("latin-1")):
            yield "a key or a password"
        if _HOMES.search(content):
            yield "a path of a machine"

    @cached_property
    def _long_secrets(self) -> list[str]:
        return [secret for secret in self.secrets if len(secret) >= SHORTEST_VALUE]

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        names = [re.escape(name) for name in self.names if len(name) >= SHORTEST_NAME]
        pattern = rf"(?<!\w)(?:{'|'.join(sorted(names))})(?!\w)"
        return re.compile(pattern, re.IGNORECASE) if names else None

    @cached_property
    def _bytes(self) -> list[bytes]:
        texts = [*self.names, *self._long_secrets, *self.places]
        long = [text for text in texts if len(text.encode()) >= SHORTEST_IN_BYTES]
        return [text.encode(coding) for text in long for coding in _CODINGS]
