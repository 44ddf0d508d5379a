"""The language of a text, its quotations, and the phrases by which it mentions the request.

The language is checked and not guessed: a text that is too short to identify its language passes if
its letters are right.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from libra_emo.languages.codes import primary_language, read_languages, related_languages
from libra_emo.languages.identify import count_scripts, identify_language

PHRASES_FILE = Path(__file__).parent / "request_phrases.yml"
OWN_SHARE = 0.7
"""Smallest share of a text in the letters of its language; the rest may be names."""
KANA_SHARE = 0.1
"""Smallest share of kana in Japanese text; Chinese text has none."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LETTER = r"[A-Za-z\u00c0-\u024f\u0400-\u04ff]"
_QUOTED = re.compile(
    r"“[^”]*”|\"[^\"]*\"|«[^»]*»|「[^」]*」|『[^』]*』|《[^》]*》|‘[^’]*’(?!\w)|(?<!\w)'.+?'(?!\w)"
)


def quotations(text: str) -> list[str]:
    """Return the quotations of a text, with their quotation marks."""
    return [match.group() for match in _QUOTED.finditer(text)]


def without_quotations(text: str) -> str:
    """Return a text whose quotations are replaced by spaces, so that positions stay the same."""
    return _QUOTED.sub(lambda match: " " * len(match.group()), text)


def is_in_language(language: str, text: str) -> bool:
    """Return whether a text is in a language; a text without letters is in none.

    Args:
        language: Code of a known language.
        text: Text without quotations.
    """
    scripts = count_scripts(text)
    own = read_languages()[primary_language(language) or ""].script
    letters = scripts[own] + (scripts["Han"] if own == "Kana" else 0)
    if not letters or letters < OWN_SHARE * scripts.total():
        return False
    if own in ("Kana", "Han") and (scripts["Kana"] > KANA_SHARE * letters) != (own == "Kana"):
        return False
    found = identify_language(text)
    return found is None or related_languages(found, language)


def request_phrases(language: str) -> re.Pattern[str]:
    """Return the pattern of the phrases by which a text mentions the request."""
    return _compile(primary_language(language) or "")


@cache
def _compile(code: str) -> re.Pattern[str]:
    known = yaml.safe_load(PHRASES_FILE.read_text(encoding="utf-8"))
    parts = []
    for phrase in known.get(code, []):
        body = re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
        spaced = not _UNSPACED.search(phrase)
        parts.append(rf"(?<!{_LETTER}){body}(?!{_LETTER})" if spaced else body)
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)
