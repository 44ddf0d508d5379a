"""Languages: their codes and names in films, files and streams."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES_FILE = Path(__file__).with_name("languages.yml")
UNKNOWN = frozenset({"", "und", "unk", "mis", "mul", "zxx", "none", "null", "unknown"})
_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{1,8})*)")
# codes of one language, or of languages that a few sentences cannot distinguish
_RELATED = ({"no", "da"}, {"hr", "bs", "sr"}, {"id", "ms"})
_SCRIPTS = {"zhs": "zh-Hans", "chs": "zh-Hans", "zht": "zh-Hant", "cht": "zh-Hant"}
_SCRIPTS |= {"简体": "zh-Hans", "简体中文": "zh-Hans", "简中": "zh-Hans", "繁體": "zh-Hant"}
_SCRIPTS |= {"繁體中文": "zh-Hant", "繁中": "zh-Hant", "繁体": "zh-Hant", "簡體": "zh-Hans"}


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        code: ISO 639-1 code.
        script: Script, such as `Latin`.
        letters: Letters beyond a to z; in other scripts, letters that similar languages lack.
        rare: Characters of the script that are very rare in the language.
        words: Short frequent words, in lower case.
        encodings: Encodings of old subtitle files, by Python's names.
    """

    code: str
    script: str
    letters: frozenset[str]
    rare: frozenset[str]
    words: frozenset[str]
    encodings: tuple[str, ...]


@cache
def read_languages() -> dict[str, Language]:
    """Return code → language for all known languages."""
    return {
        code: Language(
            code,
            str(entry["script"]),
            frozenset(entry.get("letters", "")),
            frozenset(entry.get("rare", "")),
            frozenset(str(entry.get("words", "")).split()),
            tuple(entry.get("encodings", ())),
        )
        for code, entry in _content().items()
    }


def normalise_language(language: str | None) -> str | None:
    """Return a language as a tag such as `en` or `zh-Hans`; None if no language is given.

    Codes of two and three letters (`eng`, `ger`, `chi`) and names (`English`, `Deutsch`) become
    tags. Region and script are kept. An unknown language is returned unchanged.
    """
    text = (language or "").strip()
    if text.lower() in UNKNOWN:
        return None
    if text.lower() in _SCRIPTS:
        return _SCRIPTS[text.lower()]
    known = _codes().get(text.lower())
    if known is not None:
        return known
    match = _TAG.fullmatch(text)
    if match is None:
        return text
    return _codes().get(match[1].lower(), match[1].lower()) + match[2].replace("_", "-")


def knows_language(language: str) -> bool:
    """Return whether a code, a tag or a name belongs to a known language."""
    return primary_language(language) in read_languages()


def language_name(language: str) -> str:
    """Return the English name of a known language, given as a code, a tag or a name.

    Raises:
        KeyError: If the language is not known.
    """
    return str(_content()[primary_language(language) or ""]["names"][0])


def primary_language(language: str | None) -> str | None:
    """Return the language without script and region, such as `zh` for `zho-Hans`."""
    tag = normalise_language(language)
    return tag and tag.split("-", maxsplit=1)[0].lower()


def same_language(one: str | None, other: str | None) -> bool:
    """Return whether two tags name the same language; False if either names none."""
    first, second = primary_language(one), primary_language(other)
    return first is not None and first == second


def related_languages(one: str | None, other: str | None) -> bool:
    """Return whether two tags name one language, or two that a few words cannot distinguish."""
    pair = {primary_language(one), primary_language(other)}
    return same_language(one, other) or any(pair <= related for related in _RELATED)


@cache
def _content() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = yaml.safe_load(LANGUAGES_FILE.read_text(encoding="utf-8"))
    return content


@cache
def _codes() -> dict[str, str]:
    """Return code or name in lower case → two-letter code."""
    return {
        name.lower(): code
        for code, entry in _content().items()
        for name in (code, *entry["three"], *entry["names"])
    }
