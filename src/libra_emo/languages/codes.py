"""Languages: the codes and names by which films, files and streams tell them."""

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
# one tongue under several codes, or so near that a few sentences do not tell one from the other
_KIN = ({"no", "da"}, {"hr", "bs", "sr"}, {"id", "ms"})
_SCRIPTS = {"zhs": "zh-Hans", "chs": "zh-Hans", "zht": "zh-Hant", "cht": "zh-Hant"}
_SCRIPTS |= {"简体": "zh-Hans", "简体中文": "zh-Hans", "简中": "zh-Hans", "繁體": "zh-Hant"}
_SCRIPTS |= {"繁體中文": "zh-Hant", "繁中": "zh-Hant", "繁体": "zh-Hant", "簡體": "zh-Hans"}


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        code: Its ISO 639-1 code.
        script: What it is written in, such as `Latin`.
        letters: Letters beyond a to z; of other scripts, those that its neighbours lack.
        rare: Characters of its script that hardly occur.
        words: Small frequent words, in small letters.
        encodings: What its old subtitle files are encoded in, by Python's names.
    """

    code: str
    script: str
    letters: frozenset[str]
    rare: frozenset[str]
    words: frozenset[str]
    encodings: tuple[str, ...]


@cache
def read_languages() -> dict[str, Language]:
    """Return the known languages by code."""
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


def normalise_language(told: str | None) -> str | None:
    """Return a language as a tag such as `en` or `zh-Hans`; None where nothing is told.

    Codes of two and three letters (`eng`, `ger`, `chi`) and names (`English`, `Deutsch`) are
    understood; region and script stay; what is not known stays as it is.
    """
    text = (told or "").strip()
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


def knows_language(told: str) -> bool:
    """Return whether a code, a tag or a name is one of a known language."""
    return primary_language(told) in read_languages()


def language_name(told: str) -> str:
    """Return the English name of a known language, by its code, a tag or a name.

    Raises:
        KeyError: If it is not known.
    """
    return str(_content()[primary_language(told) or ""]["names"][0])


def primary_language(told: str | None) -> str | None:
    """Return the language without script and region: `zh` of `zho-Hans`."""
    tag = normalise_language(told)
    return tag and tag.split("-", maxsplit=1)[0].lower()


def same_language(one: str | None, other: str | None) -> bool:
    """Return whether two tags tell the same language; not so where one tells none."""
    first, second = primary_language(one), primary_language(other)
    return first is not None and first == second


def related_languages(one: str | None, other: str | None) -> bool:
    """Return whether two tags tell one language, or two that a few words do not tell apart."""
    pair = {primary_language(one), primary_language(other)}
    return same_language(one, other) or any(pair <= kin for kin in _KIN)


@cache
def _content() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = yaml.safe_load(LANGUAGES_FILE.read_text(encoding="utf-8"))
    return content


@cache
def _codes() -> dict[str, str]:
    """Return each code and name in small letters, and the two-letter code that it means."""
    return {
        name.lower(): code
        for code, entry in _content().items()
        for name in (code, *entry["three"], *entry["names"])
    }
