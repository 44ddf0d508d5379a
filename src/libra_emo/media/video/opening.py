"""The opening of films, and the reading of their stamps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from libra_emo.errors import LibraEmoError

LEAST_START = Fraction(1, 20)


class UnreadableFilm(LibraEmoError):
    """A film cannot be opened, or none of its pictures can be decoded."""


def open_film(path: Path) -> Any:
    """Return the open container of a film; tags that are not UTF-8 lose their odd letters.

    Raises:
        UnreadableFilm: If the file cannot be read, or is not a film.
    """
    try:
        return av.open(str(path.absolute()), metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFilm(f"{path.name}: it cannot be read as a film: {reason}") from error


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
