"""Which language a text is in, as far as its letters and its commonest words tell."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

LANGUAGES_FILE = Path(__file__).parent / "languages.yml"
OWN_SHARE = 0.7
"""At least so much of a text is in the letters of its language; the rest may be names."""
NEEDED_SHARE = 0.1
FEW_WORDS = 8
"""A text with fewer words may have none of the commonest ones."""
_SCRIPTS = {
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
    "han": re.compile(r"[\u3400-\u9fff\uf900-\ufaff]"),
    "kana": re.compile(r"[\u3040-\u30ff]"),
    "hangul": re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff]"),
    "devanagari": re.compile(r"[\u0900-\u097f]"),
}
_UNSPACED = ("han", "kana", "hangul")
_LETTER = r"[A-Za-z\u00c0-\u024f\u0400-\u04ff]"
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(
    r"“[^”]*”|\"[^\"]*\"|«[^»]*»|「[^」]*」|『[^』]*』|《[^》]*》|‘[^’]*’(?!\w)|(?<!\w)'.+?'(?!\w)"
)


class Language(BaseModel):
    """What is known of a language.

    Attributes:
        name: In English, as a request names it.
        scripts: The letters that it is written in.
        needs: Of these, letters that no text does without.
        words: Its commonest words, with spaces between, where others have the same letters.
        request: Phrases in which a text speaks of what was asked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    scripts: tuple[str, ...]
    needs: str | None = None
    words: str = ""
    request: tuple[str, ...] = ()


@cache
def read_languages() -> dict[str, Language]:
    """Return the languages by their codes."""
    content = yaml.safe_load(LANGUAGES_FILE.read_text(encoding="utf-8"))
    return {code: Language.model_validate(known) for code, known in content.items()}


def quotations(text: str) -> list[str]:
    """Return what a text quotes, with its marks."""
    return [match.group() for match in _QUOTED.finditer(text)]


def without_quotations(text: str) -> str:
    """Return a text with what it quotes blanked out; places stay as they are."""
    return _QUOTED.sub(lambda match: " " * len(match.group()), text)


def is_in(code: str, text: str) -> bool:
    """Tell whether a text is in a language; one without letters is in none.

    Args:
        code: The language.
        text: What it quotes should be left out already.
    """
    language = read_languages()[code]
    letters = {name: len(script.findall(text)) for name, script in _SCRIPTS.items()}
    every = sum(letters.values())
    own = sum(letters[name] for name in language.scripts)
    if not every or own < OWN_SHARE * every:
        return False
    if language.needs:
        return letters[language.needs] >= NEEDED_SHARE * every
    if any(letters[other] >= NEEDED_SHARE * every for other in _needed_by_others(language)):
        return False
    return not language.words or _has_most_words(code, text)


def request_phrases(code: str) -> re.Pattern[str]:
    """Return what finds the phrases in which a text speaks of what was asked."""
    return _compile(read_languages()[code].request)


@cache
def _compile(phrases: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for phrase in phrases:
        body = re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
        spaced = not any(_SCRIPTS[name].search(phrase) for name in _UNSPACED)
        parts.append(rf"(?<!{_LETTER}){body}(?!{_LETTER})" if spaced else body)
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def _needed_by_others(language: Language) -> set[str]:
    """Return the letters by which another language is told apart from this one."""
    needed = {other.needs for other in read_languages().values() if other.needs}
    return {name for name in needed if name not in language.scripts}


def _has_most_words(code: str, text: str) -> bool:
    counts = Counter(word.lower() for word in _WORD.findall(text))
    known = {
        other: sum(counts[word] for word in language.words.split())
        for other, language in read_languages().items()
        if language.words
    }
    few = counts.total() < FEW_WORDS
    return known[code] == max(known.values()) and (known[code] > 0 or few)
