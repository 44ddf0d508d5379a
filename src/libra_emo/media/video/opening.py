"""The opening of films, and the reading of their stamps."""

from __future__ import annotations

import re
from contextlib import suppress
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av

from libra_emo.errors import LibraEmoError

LEAST_START = Fraction(1, 20)
# readers of FFmpeg that are no containers of films: they open other files or addresses, capture
# devices, or take pictures, texts and bare numbers for films
_NO_CONTAINERS = re.compile(
    r"hls|dash|concat|sdp|rtsp|rtp|sap|lavfi|image2.*|.*_pipe|tty|bin|adf|idf|xbin|ffmetadata|data"
    r"|alsa|oss|fbdev|kmsgrab|x11grab|video4linux2.*|webm_dash_manifest|rawvideo|bitpacked|v210x?"
    r"|[su](?:8|16|24|32)(?:be|le)?|f(?:32|64)(?:be|le)|alaw|mulaw|vidc|gif|apng|ico|fits|jpegxl_anim"
)


class UnreadableFilm(LibraEmoError):
    """A film cannot be opened, or none of its pictures can be decoded."""


def open_film(path: Path) -> Any:
    """Return the open container of a film; tags that are not UTF-8 lose their odd letters.

    Raises:
        UnreadableFilm: If the file cannot be read, or is not a film.
    """
    if path.exists() and not path.is_file():
        raise UnreadableFilm(f"{path.name}: it is not a regular file")
    try:
        return av.open(
            # with the scheme, no name can be taken for an address or a chain of files
            f"file:{path.absolute()}",
            metadata_errors="replace",
            container_options={
                "format_whitelist": list_containers(),
                "protocol_whitelist": "file",
            },
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFilm(f"{path.name}: it cannot be read as a film: {reason}") from error


@cache
def list_containers() -> str:
    """Return the readers of FFmpeg that films may be opened with, separated by commas."""
    names = []
    for name in sorted(av.formats_available):
        with suppress(ValueError):
            readers = av.ContainerFormat(name)
            if readers.is_input and not _NO_CONTAINERS.fullmatch(name):
                names.append(name)
    return ",".join(names)


def start_of(container: Any) -> Fraction:
    """Return the time in seconds at which a container starts, which players take for zero.

    A start before zero, or of less than a frame, is the run-in of an encoder: the film starts at 0.
    """
    start = Fraction(container.start_time or 0, av.time_base)
    return start if start >= LEAST_START else Fraction(0)


def time_base_of(stream: Any) -> Fraction:
    """Return the unit of a stream's stamps in seconds."""
    base = stream.time_base
    return Fraction(base.numerator, base.denominator) if base else Fraction(1, av.time_base)


def to_ms(pts: int, time_base: Fraction) -> int:
    """Return a time in milliseconds; halves are rounded up."""
    # integers, because this is called for every frame and fractions are slow
    numerator, denominator = 1000 * time_base.numerator, time_base.denominator
    return (2 * pts * numerator + denominator) // (2 * denominator)
