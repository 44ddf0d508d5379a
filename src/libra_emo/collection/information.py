"""What is kept of a film's page: listed fields alone, and their digest."""

from __future__ import annotations

from typing import Any, Final

from libra_emo.common.digests import digest_json
from libra_emo.languages.codes import normalise_language
from libra_emo.media.sources import tidy_fact

# what the file beside a film may hold of its page; everything else is dropped
KEPT: Final = (
    *("id", "extractor_key", "title", "webpage_url", "uploader", "uploader_url", "license"),
    *("duration", "upload_date", "language", "categories"),
)
# what a licence depends on: another title or length is another digest, too
_AUTHORS: Final = ("uploader", "channel", "creator", "artist")


def keep_fields(page: dict[str, Any]) -> dict[str, Any]:
    """Return the listed fields of a page that have a plain value, tidied."""
    author = next((page[name] for name in _AUTHORS if page.get(name)), None)
    known = {**page, "uploader": author}
    kept: dict[str, Any] = {}
    for name in KEPT:
        value = known.get(name)
        if name == "categories":
            value = [tidy_fact(part) for part in value or () if isinstance(part, str)][:1]
        elif isinstance(value, str):
            value = tidy_fact(value)
        elif name != "duration" or isinstance(value, bool) or not isinstance(value, int | float):
            value = None
        if value not in (None, "", []):
            kept[name] = value
    return kept


def digest_page(kept: dict[str, Any]) -> str:
    """Return the digest of the kept fields."""
    return digest_json(kept)


def find_theme(kept: dict[str, Any], listed: str | None) -> str | None:
    """Return a film's theme: that of the list, else the first category of its page."""
    categories = kept.get("categories") or []
    return listed or (categories[0].lower() if categories else None)


def find_language(kept: dict[str, Any], listed: str | None) -> str | None:
    """Return a film's language: that of the list, else that of its page."""
    named = kept.get("language")
    return listed or (normalise_language(named) if named else None)
