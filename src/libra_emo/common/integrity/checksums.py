"""Checksums, by which damage is noticed: CRC-32, which sees every flipped bit, at memory speed.

They protect against failing disks and transfers. Against people who change files on purpose there
are digests (`libra_emo.common.digests`).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from libra_emo.errors import LibraEmoError

CHECKSUM_KEY: Final = "crc32"
_BLOCK_BYTES: Final = 1 << 20
# a seal lies between the last column and the footer of a Parquet file, where no reader looks
_MARK: Final = b"\0crc32="
_MARK_BYTES_FLIPPED: Final = 1
_CRC_BYTES: Final = 8
_SEAL_BYTES: Final = len(_MARK) + _CRC_BYTES
_END_BYTES: Final = 8  # length of the footer, and Parquet's name
_PARQUET: Final = b"PAR1"


class DamagedFileError(LibraEmoError):
    """The content of a file is not what was written.

    Attributes:
        path: The file.
    """

    def __init__(self, message: str, path: Path | None = None) -> None:
        super().__init__(message)
        self.path = path


def checksum(content: Any, before: str = "00000000") -> str:
    """Return the checksum of bytes as eight hexadecimal digits.

    Args:
        content: Bytes, or anything else that holds memory.
        before: Checksum of what comes before these bytes.
    """
    return f"{zlib.crc32(content, int(before, 16)):08x}"


def checksum_file(path: Path) -> str:
    """Return the checksum of a file.

    Raises:
        OSError: If it cannot be read.
    """
    found = checksum(b"")
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            found = checksum(block, found)
    return found


def checksum_json(content: Mapping[str, Any]) -> str:
    """Return the checksum of a JSON object without its own checksum; the order changes nothing."""
    plain = {name: value for name, value in content.items() if name != CHECKSUM_KEY}
    return checksum(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode("utf-8"))


def seal_parquet(content: Any) -> bytes:
    """Return a Parquet file with a seal, the checksum of all its other bytes.

    Every reader of Parquet reads a sealed file as it reads any other, since all places in it are
    counted from its start. Parquet's own checksums of pages leave out the footer, in which the
    columns' names and types are.

    Args:
        content: The file as bytes, or anything else that holds memory.
    """
    whole = memoryview(content)
    place = _footer_start(whole)
    found = checksum(whole[place:], checksum(whole[:place]))
    return b"".join([whole[:place], _MARK, found.encode("ascii"), whole[place:]])


def is_intact_parquet(content: Any) -> bool:
    """Return whether a Parquet file is as it was sealed; one without a seal counts as intact.

    Args:
        content: The file as bytes, or anything else that holds memory.
    """
    with memoryview(content) as whole:
        return _is_intact(whole)


def _is_intact(whole: memoryview) -> bool:
    end = _footer_start(whole)
    start = end - _SEAL_BYTES
    if end < len(_PARQUET) or bytes(whole[-4:]) != _PARQUET:
        return False
    if start < 0:
        return True
    mark, found = bytes(whole[start : start + len(_MARK)]), bytes(whole[end - _CRC_BYTES : end])
    same = sum(one == other for one, other in zip(mark, _MARK, strict=True))
    if same < len(_MARK) - _MARK_BYTES_FLIPPED:
        return True
    with whole[:start] as head, whole[end:] as tail:
        wanted = checksum(tail, checksum(head))
    return mark == _MARK and found == wanted.encode("ascii")


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, or the error's kind if it has none."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _footer_start(whole: memoryview) -> int:
    """Return where the footer starts; below 0 if the file is too short for it."""
    if len(whole) < _END_BYTES:
        return -1
    length = int.from_bytes(whole[-_END_BYTES:-4], "little")
    return len(whole) - _END_BYTES - length
