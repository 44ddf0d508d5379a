"""The index beside a shard: where each file of each clip lies, so that nobody walks the whole tar.

An index is a guess that is checked. It counts for a shard of the same size whose first and last
headers are the same; whoever reads a file of a clip compares the header that lies before it. So an
index that is missing, damaged or that of another shard costs time and changes nothing.
"""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from libra_emo.common.integrity.checksums import checksum
from libra_emo.common.parts import part_of

ENDING: Final = ".index"
_VERSION: Final = 1
BLOCK: Final = tarfile.BLOCKSIZE
_WRONG: Final = (OSError, ValueError, LookupError, TypeError, AttributeError)


class Member(NamedTuple):
    """A file in a shard.

    Attributes:
        clip_id: Id of the clip to which it belongs.
        ending: Rest of its name, such as `00.jpg`.
        offset: Place of its content in the shard; its header is the block before it.
        size: Size of its content in bytes.
    """

    clip_id: str
    ending: str
    offset: int
    size: int


class Places(NamedTuple):
    """Where the files of a clip lie.

    Attributes:
        endings: Endings of their names.
        numbers: Offset and size of each file, one after the other.
    """

    endings: list[str]
    numbers: list[int]

    def by_ending(self) -> dict[str, tuple[int, int]]:
        """Return ending → offset and size."""
        pairs = zip(self.numbers[::2], self.numbers[1::2], strict=True)
        return dict(zip(self.endings, pairs, strict=True))


def index_path(shard: Path) -> Path:
    """Return the place of a shard's index; it is hidden, and DVC does not follow it."""
    return shard.with_name(hide_name(shard.name))


def hide_name(shard: str) -> str:
    """Return the name of the index of a shard with a name."""
    return f".{shard}{ENDING}"


def gather(members: Iterable[Member]) -> dict[str, Places]:
    """Return clip → places of its files."""
    found: dict[str, Places] = {}
    for clip_id, ending, offset, size in members:
        places = found.setdefault(clip_id, Places([], []))
        places.endings.append(ending)
        places.numbers.extend((offset, size))
    return found


def find_last(clips: Mapping[str, Places]) -> Member | None:
    """Return the file that lies last in a shard; None if there is no file."""
    members = (
        Member(clip_id, ending, *place)
        for clip_id, places in clips.items()
        for ending, place in places.by_ending().items()
    )
    return max(members, key=lambda member: member.offset, default=None)


def walk(shard: Path | BinaryIO) -> dict[str, Places]:
    """Return the places of all clips' files, read from the headers in the shard.

    Args:
        shard: Path of the shard, or the shard as an open file.

    Raises:
        OSError: If the file cannot be read.
        TarError: If it is no tar, or damaged.
    """
    with _open_tar(shard) as tar:
        named = ((each.name.partition("."), each) for each in tar.getmembers())
        return gather(Member(name[0], name[2], m.offset_data, m.size) for name, m in named)


def write_index(shard: Path, clips: Mapping[str, Places]) -> None:
    """Write the index of a shard; where this is not possible there is none."""
    last = max((max(places.numbers[::2]) for places in clips.values()), default=BLOCK) - BLOCK
    with suppress(OSError):
        content = encode({"last": last, "shard": _describe(shard, last)}, clips)
        replace_file(index_path(shard), content)


def replace_file(place: Path, content: bytes) -> None:
    """Write a file beside its place, and move it there.

    Raises:
        OSError: If it cannot be written.
    """
    part = part_of(place)
    try:
        part.write_bytes(content)
        os.replace(part, place)
    finally:
        part.unlink(missing_ok=True)


def encode(facts: Mapping[str, Any], clips: Mapping[str, Places]) -> bytes:
    """Return an index as a file.

    Args:
        facts: What says to which shard it belongs.
        clips: Clip → places of its files.
    """
    kinds: dict[str, int] = {}
    rows = {
        clip: [kinds.setdefault(json.dumps(places.endings), len(kinds)), *places.numbers]
        for clip, places in clips.items()
    }
    content = {
        "version": _VERSION,
        **facts,
        "endings": [json.loads(kind) for kind in kinds],
        "clips": rows,
    }
    body = json.dumps(content, separators=(",", ":")).encode("utf-8", "surrogateescape")
    return checksum(body).encode() + b"\n" + body


def decode(
    content: bytes, is_of_shard: Callable[[Mapping[str, Any]], bool]
) -> dict[str, Places] | None:
    """Return clip → places of its files; None if an index is damaged or that of another shard.

    Args:
        content: The index as a file.
        is_of_shard: Function that says of the facts in an index whether it belongs to the shard.
    """
    try:
        found, _, body = content.partition(b"\n")
        if found.decode() != checksum(body):
            return None
        facts = json.loads(body)
        if facts["version"] != _VERSION or not is_of_shard(facts):
            return None
        endings = facts["endings"]
        return {clip: Places(endings[row[0]], row[1:]) for clip, row in facts["clips"].items()}
    except _WRONG:
        return None


def read_index(shard: Path) -> dict[str, Places] | None:
    """Return the places of all clips' files; None if the index is missing, damaged or outdated."""

    def is_of_shard(facts: Mapping[str, Any]) -> bool:
        return bool(facts["shard"] == _describe(shard, facts["last"]))

    try:
        return decode(index_path(shard).read_bytes(), is_of_shard)
    except OSError:
        return None


def remove_index(shard: Path) -> None:
    """Remove the index of a shard that is about to change."""
    index_path(shard).unlink(missing_ok=True)


def remove_orphans(folder: Path) -> None:
    """Remove indexes whose shards are gone."""
    for path in folder.glob(f".*{ENDING}"):
        if not path.with_name(path.name[1 : -len(ENDING)]).exists():
            path.unlink(missing_ok=True)


def _open_tar(shard: Path | BinaryIO) -> tarfile.TarFile:
    if isinstance(shard, Path):
        return tarfile.open(shard)
    return tarfile.open(fileobj=shard, mode="r:")


def _describe(shard: Path, last: int) -> list[object]:
    """Return the size of a shard, and a checksum of its first and last headers."""
    with shard.open("rb") as file:
        first = file.read(BLOCK)
        file.seek(last)
        return [os.fstat(file.fileno()).st_size, checksum(file.read(BLOCK), checksum(first))]
