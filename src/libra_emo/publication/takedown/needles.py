"""Needles: the texts that name a film, and that nothing may have after its takedown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

_KEY: Final = re.compile(r"(?:.*-)?([0-9a-f]{8})(?:-\d{1,4})?", re.DOTALL)
# an id may end with the number of a copy, and be followed by the start and end of a clip
_REST: Final = rb"(?:-\d{1,4})?(?:-\d{8,}-\d{8,})?(?![0-9a-z-])"


@dataclass(frozen=True)
class Needles:
    """The texts that name the films of a takedown.

    Attributes:
        ids: Ids of the films.
        digests: SHA-256 of their files.
        addresses: Their addresses, in each spelling that is known.
        paths: Paths of their files.
        other_ids: Ids of all other films; one that has an id of `ids` in it is not meant.
    """

    ids: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    other_ids: tuple[str, ...] = ()

    def in_text(self, text: str) -> bool:
        """Return whether a text names one of the films."""
        return self.in_bytes(text.encode("utf-8", "surrogateescape"))

    def in_bytes(self, content: bytes) -> bool:
        """Return whether bytes name one of the films."""
        lowered = content.lower()
        return any(core in lowered for core in self._cores) and bool(self._pattern.search(lowered))

    def in_value(self, value: Any) -> bool:
        """Return whether a value of a table or of JSON names one of the films, at any depth."""
        if isinstance(value, str):
            return self.in_text(value)
        if isinstance(value, bytes):
            return self.in_bytes(value)
        if isinstance(value, dict):
            return any(self.in_value(part) for pair in value.items() for part in pair)
        if isinstance(value, list | tuple | set):
            return any(self.in_value(part) for part in value)
        return False

    @property
    def longest(self) -> int:
        """Most bytes that one of them has, with what belongs to it."""
        return max((len(core) for core in self._cores), default=0) + 64

    @cached_property
    def _keys(self) -> list[str]:
        """The part of clip ids that stays when a film's file gets another name."""
        found = (_KEY.fullmatch(name) for name in self.ids)
        return sorted({match[1] for match in found if match})

    @cached_property
    def _cores(self) -> list[bytes]:
        texts = [*self.ids, *self.digests, *self.addresses, *self.paths]
        cores = {form for text in texts for form in _forms(text)}
        return sorted(cores | {f"{key}-".encode() for key in self._keys})

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        parts = [re.escape(form) + self._end_of(name) for name in self.ids for form in _forms(name)]
        parts += [re.escape(form) for text in self.digests for form in _forms(text)]
        parts += [rb"(?<![0-9a-f])" + key.encode() + rb"-\d{8,}-\d{8,}" for key in self._keys]
        parts += _bounded(self.addresses, rb"(?![\w/?-])(?!\.\w)")
        parts += _bounded(self.paths, rb"(?![\w.-])")
        return re.compile(b"|".join(parts) or b"(?!)")

    def _end_of(self, name: str) -> bytes:
        is_part = any(name in other for other in self.other_ids)
        return _REST if is_part else b""


def _bounded(texts: Iterable[str], end: bytes) -> list[bytes]:
    return [re.escape(form) + end for text in texts for form in _forms(text)]


def _forms(text: str) -> set[bytes]:
    """Return a text in UTF-8 and UTF-16, and as JSON writes it, also within JSON."""
    if not text:
        return set()
    lowered = text.lower()
    once = json.dumps(lowered)[1:-1]
    escaped = {once.encode(), json.dumps(once)[1:-1].encode()}
    wide = {lowered.encode(name, "surrogatepass") for name in ("utf-16-le", "utf-16-be")}
    return {lowered.encode("utf-8", "surrogateescape"), *escaped, *wide}
