"""Whether a film's licence lets it in."""

from __future__ import annotations

from collections.abc import Collection


def judge_licence(licence: str | None, allowed: Collection[str] | None) -> str | None:
    """Return why a film is refused, None where it is let in.

    Case and spaces do not matter; otherwise a licence must read as one that is allowed.

    Args:
        licence: The film's, as it is told.
        allowed: Those that let a film in; None lets every film in.
    """
    if allowed is None:
        return None
    if licence is None or not licence.strip():
        return "no licence is told, and allowed_licenses asks for one"
    if _plain(licence) in {_plain(each) for each in allowed}:
        return None
    return f"its licence, {licence!r}, is not among allowed_licenses"


def _plain(licence: str) -> str:
    return "".join(licence.split()).casefold()
