"""The identification of a text's language with py3langid."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from threading import Lock
from typing import Any

from libra_emo.languages.codes import (
    Language,
    primary_language,
    read_languages,
    related_languages,
)

MIN_LETTERS = 40  # a shorter text is not reliable
WORD_WEIGHT = 3  # one character of a script of syllables or words counts as several letters
MIN_PROBABILITY = 0.5  # of the language together with those that are related to it
MAX_CHARACTERS = 20_000  # a longer text gives no better result
_WORD_SCRIPTS = ("Han", "Kana", "Hangul")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LOADING = Lock()


def identify_language(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language; None if it is not certain."""
    scripts = count_scripts(text)
    letters = scripts.total() + sum((WORD_WEIGHT - 1) * scripts[name] for name in _WORD_SCRIPTS)
    if letters < MIN_LETTERS:
        return None
    with _LOADING:  # several threads list films
        identifier = _load_identifier()
    (best, _), *_ = ranking = identifier.rank(text[:MAX_CHARACTERS])
    probability = sum(share for language, share in ranking if related_languages(language, best))
    return primary_language(best) if probability >= MIN_PROBABILITY else None


def count_scripts(text: str) -> Counter[str]:
    """Return the number of letters of each script in a text."""
    return Counter(
        script for char in text if char.isalpha() and (script := _script_of(char)) is not None
    )


def score_words(text: str, language: Language) -> float:
    """Return the share of a text's words that are frequent words of a language."""
    words = _WORDS.findall(text.lower().replace("’", "'"))
    return sum(word in language.words for word in words) / max(1, len(words))


@cache
def _load_identifier() -> Any:
    """Return the identifier, restricted to the known languages."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = read_languages()
    identifier.set_languages(
        [code for code in identifier.nb_classes if primary_language(code) in known]
    )
    return identifier


@cache
def _script_of(char: str) -> str | None:
    """Return the script of a letter, which is the first word of its Unicode name."""
    first = unicodedata.name(char, "").split(" ", maxsplit=1)[0]
    if first == "CJK":
        return "Han"
    if first in ("HIRAGANA", "KATAKANA"):
        return "Kana"
    return first.capitalize() or None
