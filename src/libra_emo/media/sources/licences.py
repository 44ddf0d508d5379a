"""The check of a film's licence against those that are allowed."""

from __future__ import annotations

from collections.abc import Collection


def explain_refusal(licence: str | None, allowed: Collection[str] | None) -> str | None:
    """Return the reason why a film is refused; None if its licence is allowed.

    Case and spaces are ignored; apart from them a licence must equal one of the allowed ones.

    Args:
        licence: Licence of the film; None if it is not known.
        allowed: Allowed licences; None allows every film.
    """
    if allowed is None:
        return None
    if licence is None or not licence.strip():
        return "its licence is not known, and allowed_licenses asks for one"
    if _plain(licence) in {_plain(other) for other in allowed}:
        return None
    return f"its licence, {licence!r}, is not among allowed_licenses"


def _plain(licence: str) -> str:
    return "".join(licence.split()).casefold()
