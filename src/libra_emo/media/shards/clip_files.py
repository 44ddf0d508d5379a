"""The files of a clip in a shard: read as few pieces, and verified."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from libra_emo.common.integrity.checksums import CHECKSUM_KEY, checksum, checksum_json
from libra_emo.media.shards.index import BLOCK, Places

Range = tuple[int, int]
"""First byte of a piece, and the byte after its last one."""
Read = Callable[[Sequence[Range]], Sequence[bytes]]
"""Function that returns pieces of a shard."""

GAP_BYTES: Final = 1 << 16  # so much between two files is read rather than asked for separately


def read_files(read: Read, clip_id: str, places: Places) -> dict[str, bytes]:
    """Return the files of a clip by their endings.

    Args:
        read: Function that returns pieces of the shard.
        clip_id: Id of the clip.
        places: Where its files lie.

    Raises:
        ValueError: If they are not what was written. The other errors of `DAMAGE` mean the same.
    """
    where = places.by_ending()
    ranges = list_ranges(where)
    pieces = list(zip(ranges, read(ranges), strict=True))
    content = {}
    for ending, place in where.items():
        start, piece = next(
            (start, piece) for (start, end), piece in pieces if start < place[0] <= end
        )
        content[ending] = _cut_out(piece, start, f"{clip_id}.{ending}", *place)
    _verify(content)
    return content


def list_ranges(where: Mapping[str, Range]) -> list[Range]:
    """Return the pieces that hold all files of a clip with their headers; usually one.

    Args:
        where: Ending → offset and size of the content.
    """
    whole = sorted((offset - BLOCK, offset + _filled(size)) for offset, size in where.values())
    joined: list[Range] = []
    for start, end in whole:
        if joined and start - joined[-1][1] <= GAP_BYTES:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def count_bytes(places: Places) -> int:
    """Return how many bytes of a shard are read for a clip."""
    return sum(end - start for start, end in list_ranges(places.by_ending()))


def _filled(size: int) -> int:
    """Return the size of a file that is filled up with zeros to whole blocks."""
    return -(-size // BLOCK) * BLOCK


def _cut_out(piece: bytes, start: int, name: str, offset: int, size: int) -> bytes:
    """Return the content of one file, whose header is compared with what is looked for."""
    view = memoryview(piece)[offset - BLOCK - start : offset + _filled(size) - start]
    check_header(bytes(view[:BLOCK]), name, size)
    content = bytes(view[BLOCK:])
    if len(content) < size:
        raise ValueError("a file of the clip is cut off")
    if content[size:].strip(b"\0"):
        raise ValueError("something lies behind a file of the clip")
    return content[:size]


def check_header(block: bytes, name: str, size: int) -> None:
    """Raise unless a block is the header of a file with a name and a size.

    Raises:
        ValueError: If it is the header of another file.
        TarError: If it is none.
    """
    header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    if (header.name, header.size) != (name, size):
        raise ValueError(f"{header.name} lies where {name} is looked for")


def _verify(content: dict[str, bytes]) -> None:
    """Raise unless the files of a clip are those that were written.

    Raises:
        ValueError: If one is not, or is missing. Other errors of lookup mean the same.
    """
    facts = json.loads(content["json"])
    if "files" not in facts and CHECKSUM_KEY not in facts:
        return  # an earlier version's
    if facts[CHECKSUM_KEY] != checksum_json(facts):
        raise ValueError("the checksum of the clip's facts differs")
    for ending, wanted in facts["files"].items():
        if checksum(content[ending]) != wanted:
            raise ValueError(f"the checksum of {ending} differs")
