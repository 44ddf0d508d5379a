"""Clip files without what they need not hold: tags, comments, pictures, places, programs' names.

Only whole boxes of MP4 and whole blocks of FLAC are taken out or emptied. Picture and sound stay
byte for byte as they are, so nothing is encoded again, and the same file always gives the same
bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from libra_emo.publication.errors import ReleaseError

_HEADER: Final = 8
_LONG_HEADER: Final = 16
# boxes that hold other boxes, and on the way to which there are no other fields
_PARENTS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"})
# what a player needs of a file with whole fragments in one `mdat`
_KEPT: Final = _PARENTS | {
    *(b"ftyp", b"mdat", b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"vmhd", b"smhd", b"elst", b"dref"),
    *(b"stsd", b"stts", b"stss", b"ctts", b"stsc", b"stsz", b"stco", b"co64", b"sgpd", b"sbgp"),
}
_HANDLER_NAME: Final = 24  # offset of the name in a `hdlr` box after its header
_FLAC: Final = b"fLaC"
_STREAM_INFO: Final = 0
_SEEK_TABLE: Final = 3
_LAST: Final = 0x80


class Box(NamedTuple):
    """A box of an MP4 file.

    Attributes:
        kind: Its four letters.
        start: Where it starts.
        content: Where its content starts.
        end: Where it ends.
    """

    kind: bytes
    start: int
    content: int
    end: int


def clean_mp4(content: bytes) -> bytes:
    """Return an MP4 file of the same length in which all that a player does not need is zero.

    Boxes keep their places, since tables in the file point to places of picture and sound.

    Raises:
        ReleaseError: If it is not an MP4 file, or its boxes are damaged.
    """
    cleaned = bytearray(content)
    if content[4:8] != b"ftyp":
        raise ReleaseError("not an MP4 file")
    for box in _walk(content, 0, len(content)):
        if box.kind not in _KEPT:
            cleaned[box.start + 4 : box.start + 8] = b"free"
            cleaned[box.content : box.end] = bytes(box.end - box.content)
        elif box.kind == b"hdlr":
            name = box.content + _HANDLER_NAME
            cleaned[name : box.end] = bytes(max(0, box.end - name))
    return bytes(cleaned)


def clean_flac(content: bytes) -> bytes:
    """Return a FLAC file whose only metadata are those that describe the stream.

    Raises:
        ReleaseError: If it is not a FLAC file, or its blocks are damaged.
    """
    if content[:4] != _FLAC:
        raise ReleaseError("not a FLAC file")
    blocks, here, last = [], 4, False
    while not last:
        if here + 4 > len(content):
            raise ReleaseError("a FLAC file whose metadata are cut off")
        last, kind = bool(content[here] & _LAST), content[here] & ~_LAST
        end = here + 4 + int.from_bytes(content[here + 1 : here + 4], "big")
        if kind in (_STREAM_INFO, _SEEK_TABLE):
            blocks.append((kind, content[here + 1 : end]))
        here = end
    if not blocks or blocks[0][0] != _STREAM_INFO or here > len(content):
        raise ReleaseError("a FLAC file without the description of its stream")
    marks = [kind for kind, _ in blocks]
    marks[-1] |= _LAST
    head = b"".join(bytes([mark]) + rest for mark, (_, rest) in zip(marks, blocks, strict=True))
    return _FLAC + head + content[here:]


def _walk(content: bytes, start: int, end: int) -> Iterator[Box]:
    here = start
    while here < end:
        box = _read_box(content, here, end)
        yield box
        if box.kind in _PARENTS:
            yield from _walk(content, box.content, box.end)
        here = box.end


def _read_box(content: bytes, here: int, end: int) -> Box:
    if here + _HEADER > end:
        raise ReleaseError("an MP4 file with bytes behind its boxes")
    size, kind = struct.unpack_from(">I4s", content, here)
    head = _HEADER
    if size == 1 and here + _LONG_HEADER <= end:
        size, head = struct.unpack_from(">Q", content, here + _HEADER)[0], _LONG_HEADER
    elif size == 0:
        size = end - here
    if size < head or here + size > end:
        raise ReleaseError("an MP4 file whose boxes are damaged")
    return Box(kind, here, here + head, here + size)
