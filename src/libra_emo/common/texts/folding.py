"""Texts folded as `re.IGNORECASE` compares them, to skip patterns that cannot match.

A pattern with a literal piece matches only texts that hold this piece. To look for it with `in` is
a hundred times faster than to try the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_BEGINNING: Final = 2
# letters that `re.IGNORECASE` takes for one of ASCII: İ, ı, the long s, the Kelvin sign
_LIKE_ASCII: Final = (("\u0130", "i"), ("\u0131", "i"), ("\u017f", "s"), ("\u212a", "k"))
# pieces whose letters fold in one way only: ASCII, and signs without case
_PIECE: Final = re.compile(r"[\x20-\x7e]+|[㐀-鿿]+")


def fold(text: str) -> str:
    """Return a text in lower case, with the letters that count as ASCII ones replaced by these."""
    if not text.isascii():
        for letter, plain in _LIKE_ASCII:
            text = text.replace(letter, plain)
    return text.lower()


class Prefilter(Generic[T]):
    """Items each of which has a piece that a folded text must hold, by the beginnings of pieces.

    Args:
        items: Each item with its piece.
    """

    def __init__(self, items: Iterable[tuple[T, str]]) -> None:
        self._always: list[T] = []
        self._by_beginning: dict[str, list[tuple[T, str]]] = {}
        for item, piece in items:
            if len(piece) < _BEGINNING:
                self._always.append(item)
            else:
                self._by_beginning.setdefault(piece[:_BEGINNING], []).append((item, piece))

    def possible(self, folded: str) -> Iterator[T]:
        """Give every item whose piece a folded text holds, each once, and some others."""
        yield from self._always
        for beginning in {folded[place : place + _BEGINNING] for place in range(len(folded))}:
            for item, piece in self._by_beginning.get(beginning, ()):
                if piece in folded:
                    yield item


@cache
def longest_piece(text: str) -> str:
    """Return the longest piece of a literal text that a folded text must hold to match it.

    It is empty, and so in every text, where no letter folds in one way only. Patterns are few, so
    what was found is kept.
    """
    return max((piece.lower() for piece in _PIECE.findall(text)), key=len, default="")
