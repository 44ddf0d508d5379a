"""Which language a text is in: by its script, its letters and its small words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from libra_emo.media.languages import Language, read_languages, related_languages

MIN_LETTERS = 40  # fewer say nothing for certain
MIN_WORDS = 12  # of a script that several languages share
MIN_SHARE = 0.12  # of a text's words that a language's small words must make
MIN_LEAD = 1.25  # by which the best language must be ahead of the second
HAN_WEIGHT = 3  # one of its characters says as much as a few letters
KANA_SHARE = 0.1  # of Japanese text; Chinese has none
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def identify_language(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language, None where it is not certain.

    A script of one language tells it at once. Where several share a script, the language leads
    whose small words and letters of its own are the largest part of the text.
    """
    counts = count_scripts(text)
    kana, han = counts.pop("Kana", 0), counts.pop("Han", 0)
    weights = Counter(counts)
    weights["Kana" if kana > KANA_SHARE * (kana + han) else "Han"] = (kana + han) * HAN_WEIGHT
    if weights.total() < MIN_LETTERS:
        return None
    script, _ = weights.most_common(1)[0]
    return _choose(text, [each for each in read_languages().values() if each.script == script])


def count_scripts(text: str) -> Counter[str]:
    """Return how many letters of each script a text has."""
    return Counter(
        script for char in text if char.isalpha() and (script := _script_of(char)) is not None
    )


def score_words(text: str, language: Language) -> float:
    """Return the share of a text's words that are small words of a language."""
    words = _words_of(text)
    return sum(word in language.words for word in words) / max(1, len(words))


def _choose(text: str, languages: list[Language]) -> str | None:
    if len(languages) <= 1:
        return languages[0].code if languages else None
    words = _words_of(text)
    if len(words) < MIN_WORDS:
        return None
    own = Counter(char for char in text.lower() if char.isalpha() and not char.isascii())
    scores = {
        language.code: _score(words, own, language) for language in languages if language.words
    }
    (best, most), *rest = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    second = rest[0][1] if rest else 0.0
    if most < MIN_SHARE:
        return None
    return best if most >= MIN_LEAD * second or related_languages(best, rest[0][0]) else None


def _score(words: list[str], own: Counter[str], language: Language) -> float:
    small = sum(word in language.words for word in words) / len(words)
    if language.script != "Latin":
        return small + sum(own[letter] for letter in language.letters) / len(words)
    foreign = sum(count for letter, count in own.items() if letter not in language.letters)
    return small - foreign / len(words)


def _words_of(text: str) -> list[str]:
    return _WORDS.findall(text.lower().replace("’", "'"))


@cache
def _script_of(char: str) -> str | None:
    """Return a letter's script, as its Unicode name begins."""
    first = unicodedata.name(char, "").split(" ", maxsplit=1)[0]
    if first == "CJK":
        return "Han"
    if first in ("HIRAGANA", "KATAKANA"):
        return "Kana"
    return first.capitalize() or None
