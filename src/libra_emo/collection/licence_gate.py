"""The gate: nothing but a film's page is fetched until its licence is known to permit it.

It fails closed. A page without a licence, one with a licence that is not in the table, and one
whose licence does not permit excerpts are refused alike.
"""

from __future__ import annotations

from collections.abc import Collection

from libra_emo.common.licensing.terms import find_licence


def explain_refusal(text: str | None, allowed: Collection[str] | None) -> str | None:
    """Return why a film is refused; None if its licence permits that it is collected.

    Args:
        text: Licence as the film's page has it.
        allowed: SPDX identifiers that are allowed; None allows each that permits excerpts.
    """
    if not isinstance(text, str) or not text.strip():
        return "its page names no licence"
    licence = find_licence(text)
    if licence is None:
        return f"its licence, {text!r}, is not in the table of licences"
    if allowed is not None:
        listed = licence.spdx in allowed
        return None if listed else f"{licence.spdx} is not among collection.allowed_licenses"
    return None if licence.permits_clips else f"{licence.spdx} permits no excerpts"


def explain_change(before: str | None, text: str | None) -> str | None:
    """Return why a film is held at a release; None if its licence is what it was.

    Args:
        before: SPDX identifier when the film was collected.
        text: Licence as the film's page has it now.
    """
    licence = find_licence(text)
    now = None if licence is None else licence.spdx
    if now is not None and now == before:
        return None
    found = f"now {now}" if now else "no longer named" if not text else f"now {text!r}"
    return f"its licence was {before or 'unknown'} when the film was collected, and is {found}"
