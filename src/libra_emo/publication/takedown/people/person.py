"""A person who withdraws: which values and which words mean the person, and which others do not.

A name may be a word of a film, of a label, or a part of another name. So a cell of a table means
the person if all of it is the name, words of films are never looked at, and in free text the name
counts as a whole word only.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, Final
from urllib.parse import quote

from libra_emo.annotation.identity.names import name_key
from libra_emo.common.spreadsheets import unguard
from libra_emo.publication.takedown.needles import Needles

WITHDRAWN: Final = "[withdrawn]"
# what films, models and taxonomies say, and names of clips and campaigns: no person is meant there
UNTOUCHED: Final = frozenset(
    {
        *("subtitle", "subtitles", "translation", "translations", "words", "explanation"),
        *("explanations", "title", "author", "authors", "creators", "description", "license"),
        *("license_text", "prompt", "asked", "reply", "conversations", "detail", "theme"),
        *("label", "current_label", "predicted", "old_label", "new_label", "truth", "second"),
        *("labels", "other", "campaign", "clip_id", "clip_key", "source_id", "film_id", "language"),
        *("video_path", "clip_path", "url", "address", "texts", "voter", "model"),
    }
)
_PEOPLE: Final = re.compile(
    r"annotator|worker|rater|person|people|adjudicator|completed_by|created_by|updated_by|agent"
)
_LONGEST_NAME: Final = 200
_GONE: Final = object()
# names in a script without spaces between words have no borders
_LETTERS: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff"
_NO_SPACES: Final = re.compile(f"[{_LETTERS}]")
_BEFORE, _AFTER = rf"(?<![^\W_{_LETTERS}])", f"(?![^\\W_{_LETTERS}]|[\u0300-\u036f])"


@dataclass(frozen=True)
class Person:
    """A person who withdraws.

    Attributes:
        names: The person's name in each known spelling.
        tokens: Pseudonyms, and ids and digests of personal links.
        others: Names of all other people.
    """

    names: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """What is compared of the names."""
        return frozenset(name_key(name) for name in self.names)

    @property
    def ids(self) -> tuple[str, ...]:
        """The names, as the search in git asks for them."""
        return self.names

    @property
    def digests(self) -> tuple[str, ...]:
        """The tokens, likewise."""
        return self.tokens

    @cached_property
    def needles(self) -> Needles:
        """The tokens, which nothing else can mean, wherever they stand."""
        return Needles(digests=self.tokens)

    def is_named(self, value: str) -> bool:
        """Return whether the whole of a text is the person's name or a token, in any spelling."""
        if len(value) > _LONGEST_NAME:
            return False
        known = self._known
        if value not in known:
            plain = unguard(value.strip())
            known[value] = name_key(plain) in self.keys or plain in self.tokens
        return known[value]

    def is_mentioned(self, text: str) -> bool:
        """Return whether a text has the person's name as a word of its own, or a token."""
        return self.redact(text) != text

    def in_text(self, text: str) -> bool:
        """Return whether the name of a file or a folder has a token."""
        return self.needles.in_text(text)

    def redact(self, text: str) -> str:
        """Return a text without the person's name; names that have it as a part stay."""
        return self._pattern.sub(lambda found: found["other"] or WITHDRAWN, text)

    def clean_row(self, row: Mapping[str, Any], mentions: bool = True) -> dict[str, Any] | None:
        """Return a row without what names the person; None if the row is the person's own.

        Args:
            row: Fields with their values; values may be nested.
            mentions: Whether free text is changed, too.
        """
        cleaned = self._clean_object(row, mentions)
        return None if cleaned is _GONE else cleaned

    def clean(self, value: Any, mentions: bool = True) -> tuple[Any, bool]:
        """Return a value of JSON without what names the person, and whether anything is left."""
        cleaned = self._clean("", value, mentions)
        return (None, False) if cleaned is _GONE else (cleaned, True)

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _spellings(self) -> frozenset[str]:
        forms = {form for name in self.names for form in _normal_forms(name)}
        return frozenset({*forms, *self.keys, *self.tokens})

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longer = [
            other for other in self.others if any(name in other for name in self.names) and other
        ]
        parts = [_bounded(form) for name in (*self.names, *self.tokens) for form in _forms(name)]
        masked = [_bounded(form) for name in longer for form in _forms(name)]
        own = "|".join(sorted(parts, key=len, reverse=True)) or "(?!)"
        other = "|".join(sorted(masked, key=len, reverse=True)) or "(?!)"
        return re.compile(f"(?P<other>{other})|(?:{own})")

    def _clean(self, field: str, value: Any, mentions: bool) -> Any:
        if field.lower() in UNTOUCHED:
            return value
        if isinstance(value, str):
            return self._clean_text(field, value, mentions)
        if isinstance(value, Mapping):
            return self._clean_object(value, mentions)
        if isinstance(value, list | tuple):
            kept = (self._clean(field, item, mentions) for item in value)
            return [item for item in kept if item is not _GONE]
        return value

    def _clean_text(self, field: str, value: str, mentions: bool) -> Any:
        of_people = bool(_PEOPLE.search(field.lower()))
        if (of_people and self.is_named(value)) or value.strip() in self._spellings:
            return _GONE
        return self.redact(value) if mentions else value

    def _clean_object(self, row: Mapping[str, Any], mentions: bool) -> Any:
        cleaned: dict[str, Any] = {}
        for name, value in row.items():
            if isinstance(name, str) and name in self._spellings:
                continue
            kept = self._clean(str(name), value, mentions)
            if kept is _GONE and isinstance(value, str):
                return _GONE
            if kept is not _GONE:
                cleaned[name] = kept
        return cleaned


def _normal_forms(text: str) -> set[str]:
    return {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}


def _forms(text: str) -> set[str]:
    """Return a name as text, JSON (also within JSON), HTML and addresses write it."""
    forms: set[str] = set()
    for form in _normal_forms(text):
        plain = {json.dumps(form, ensure_ascii=ascii)[1:-1] for ascii in (True, False)}
        twice = {json.dumps(one, ensure_ascii=ascii)[1:-1] for one in plain for ascii in (True,)}
        pages = {escape(form), escape(form).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}
        forms |= {form, form.replace('"', '""'), quote(form), *plain, *twice, *pages}
    return forms


def _bounded(form: str) -> str:
    text = re.escape(form)
    return text if _NO_SPACES.search(form) else f"{_BEFORE}{text}{_AFTER}"


def join_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without doubles, sorted."""
    return tuple(sorted({name for name in names if name.strip()}))
