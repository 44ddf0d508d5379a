"""The text of a CSV file whose encoding nobody names."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# what spreadsheets write in China, Taiwan, Japan, and in the west
_OLD: Final = ("gb18030", "big5", "shift_jis", "cp1252", "latin-1")
_KINDS: Final = (
    (b"PK\x03\x04", "an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
)


class UnknownText(ValueError):
    """Bytes are not the text of a table."""


def decode(content: bytes, known: Collection[str] = ()) -> str:
    """Return the text of a file.

    A byte order mark decides; without one the file is UTF-16 if its zero bytes say so, and UTF-8 if
    it is valid. Of the older encodings that fit, the one in which most of the known words stand is
    taken, the first of them if none does.

    Args:
        content: Bytes of the file.
        known: Words that the text may have, such as names of annotators and of labels.

    Raises:
        UnknownText: If it is the file of another program.
    """
    for beginning, kind in _KINDS:
        if content.startswith(beginning):
            raise UnknownText(f"this is {kind}; save it as CSV and try again")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode_marked(content, encoding)
    if b"\0" in content:
        first = len(content[0::2]) - len(content[0::2].replace(b"\0", b""))
        second = len(content[1::2]) - len(content[1::2].replace(b"\0", b""))
        if max(first, second) > len(content) / 10:
            even = content[: len(content) // 2 * 2]
            return even.decode("utf-16-be" if first > second else "utf-16-le", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        texts = [text for text in (_try(content, name) for name in _OLD) if text is not None]
        words = [word for word in set(known) if not word.isascii()]
        return max(texts, key=lambda text: sum(word in text for word in words))


def _decode_marked(content: bytes, encoding: str) -> str:
    width = {"utf-16": 2, "utf-32": 4}.get(encoding, 1)
    whole = content[: len(content) // width * width]  # the last character may be cut off
    return whole.decode(encoding, "replace")


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
