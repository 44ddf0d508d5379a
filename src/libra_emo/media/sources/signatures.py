"""The first bytes of files, by which films are recognised whatever their names are."""

from __future__ import annotations

from pathlib import Path

from libra_emo.media.sources.sidecars import is_regular

_READ_BYTES = 4096
_BEGINNINGS = (
    b"\x1aE\xdf\xa3",  # Matroska and WebM
    b"FLV\x01",
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG video
    b"0&\xb2u\x8ef\xcf\x11",  # ASF and WMV
    b".RMF",
    b"\x06\x0e+4\x02\x05\x01\x01",  # MXF
    b"nut/multimedia container",
    b"DKIF",  # IVF
    b"YUV4MPEG2",
    b"\xb7\xd8\x00 7I\xdaq",  # WTV
)
_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip")  # QuickTime without a brand
# brands of MP4 that are pictures or sound
_OTHER_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B ")
_PACKET_BYTES = (188, 192, 204)  # of MPEG transport streams, with time codes or error correction
_SYNC = 0x47


def looks_like_film(path: Path) -> bool:
    """Return whether a regular file begins like a film."""
    if not is_regular(path):
        return False
    try:
        with path.open("rb") as file:
            return _is_film(file.read(_READ_BYTES))
    except OSError:
        return False


def _is_film(start: bytes) -> bool:
    if start[4:8] == b"ftyp":
        return start[8:12] not in _OTHER_BRANDS
    if start[:4] == b"RIFF":
        return start[8:12] == b"AVI "
    if start[:4] == b"OggS":
        return any(name in start for name in (b"theora", b"VP80", b"BBCD", b"video/"))
    return start.startswith(_BEGINNINGS) or start[4:8] in _BOXES or _is_transport_stream(start)


def _is_transport_stream(start: bytes) -> bool:
    """Return whether packets of equal length follow each other, each with the sync byte."""
    for length in _PACKET_BYTES:
        first = 4 if length == 192 else 0
        syncs = start[first::length][:8]
        if len(syncs) >= 5 and all(byte == _SYNC for byte in syncs):
            return True
    return False
