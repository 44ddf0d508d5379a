"""Text out of bytes whose encoding nobody tells, as old subtitle files are."""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

from libra_emo.languages.codes import Language, normalise_language, primary_language, read_languages
from libra_emo.languages.identify import score_words

CHARACTERS_FILE = Path(__file__).with_name("common_characters.yml")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_SCORED = 4000  # characters beyond ASCII that a guess looks at
TOLD_BONUS = 0.8  # for an encoding of the language that the film is said to be in
WESTERN_BONUS = 0.1  # for the encoding that is the most frequent of those of single bytes
SCRIPT_BONUS = 0.1  # for the encoding of the Chinese characters that a language's tag tells
LETTER_POINT = 0.7  # of a script of few letters; a frequent one of thousands says more
MIN_SCORE = -0.25  # a guess below this is none
MIN_ASCII = 0.1  # of the characters of a subtitle, whose times are in ASCII
MAX_BROKEN = 0.02  # of the characters of a file that tells its encoding
MAX_BROKEN_UTF8 = 0.125  # of the characters beyond ASCII in a file that is UTF-8 for the rest
_PUNCTUATION = frozenset("’‘“”„«»–—…¿¡°€♪·、。，！？：；「」『』（）《》〈〉【】“”‘’～　")
_ESCAPED = re.compile("[\udc80-\udcff]+")


class UnknownEncoding(ValueError):
    """Bytes that are text in no encoding that is known here."""


def decode_text(content: bytes, language: str | None = None) -> str:
    """Return the text of a file.

    A byte order mark tells the encoding; without one it is UTF-8 or UTF-16 where the bytes fit,
    since these do not fit by chance. Older encodings are compared by how common the characters
    are that they would mean.

    Args:
        content: The file's bytes.
        language: The language that the text should be in, where known; it settles what the
            characters leave open.

    Raises:
        UnknownEncoding: If no encoding makes text of it.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _decode_whole(content, encoding)
    if b"\x00" in content:
        return _decode_utf16(content)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(content) or _guess(content, language)


def _decode_whole(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        text = content.decode(encoding, "replace")
        if text.count("\ufffd") > 1 + MAX_BROKEN * len(text):
            raise UnknownEncoding(f"it is said to be {encoding}, but is not") from error
        return text


def _decode_utf16(content: bytes) -> str:
    """Decode UTF-16 without a mark: its digits and line ends show which byte comes first."""
    even, odd = content[0::2].count(0), content[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    most, fewest = max(even, odd), min(even, odd)
    if fewest > 0.1 * most or most < MIN_ASCII * len(content) / 2:
        raise UnknownEncoding("it is no text")
    return _decode_whole(content, encoding)


def _mostly_utf8(content: bytes) -> str | None:
    """Return the text where but a few bytes keep it from being UTF-8."""
    text = content.decode("utf-8", "surrogateescape")
    broken = sum(map(len, _ESCAPED.findall(text)))
    whole = sum(not char.isascii() for char in text) - broken
    return _ESCAPED.sub("\ufffd", text) if broken <= MAX_BROKEN_UTF8 * whole else None


def _guess(content: bytes, language: str | None) -> str:
    best, most = None, MIN_SCORE
    for encoding in sorted({each for one in read_languages().values() for each in one.encodings}):
        text = _decode_old(content, encoding)
        if text is None:
            continue
        score = _score(text, encoding, language)
        if score > most:
            best, most = text, score
    if best is None:
        raise UnknownEncoding("its encoding is not known")
    return best


def _decode_old(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        # Windows' form of Latin-1 leaves five bytes without a meaning, Latin-1 itself none
        return content.decode("latin-1") if encoding == "cp1252" else None


def _score(text: str, encoding: str, language: str | None) -> float:
    """Return how likely it is that a text was in an encoding: the best of its languages."""
    places = [place for place, char in enumerate(text) if not char.isascii()][:MAX_SCORED]
    return max(
        _rate(text, places, one)
        + score_words(text, one)
        + TOLD_BONUS * (one.code == primary_language(language))
        + SCRIPT_BONUS * (encoding == _encoding_of_script(language))
        + WESTERN_BONUS * (encoding == "cp1252")
        for one in read_languages().values()
        if encoding in one.encodings
    )


def _encoding_of_script(language: str | None) -> str | None:
    """Return in which encoding Chinese of a tag is, simplified where the tag does not tell."""
    if primary_language(language) != "zh":
        return None
    parts = (normalise_language(language) or "").lower().split("-")
    return "big5hkscs" if {"hant", "tw", "hk", "mo"}.intersection(parts) else "gb18030"


def _rate(text: str, places: list[int], language: Language) -> float:
    """Return the mean of what the characters beyond ASCII say for a language, -3 to 1."""
    points = 0.0
    for place in places:
        char, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
        points += _point(char, language)
        # capitals after small letters come from reading one Cyrillic encoding as another
        points -= 0.5 * (char.isupper() and before.islower())
        # no word is in two alphabets
        mixed = char.isalpha() and any(near.isascii() and near.isalpha() for near in before + after)
        points -= 2.0 * (mixed and language.script not in ("Latin", "Han", "Kana"))
        # letters with marks seldom stand side by side
        crowd = char.isalpha() and before.isalpha() and not before.isascii()
        points -= 0.3 * (crowd and language.script == "Latin")
    return points / max(1, len(places))


def _point(char: str, language: Language) -> float:
    if char in _PUNCTUATION:
        return 0.3
    if language.code in _COMMON:
        return _rate_character(char, language.code)
    if language.script == "Latin":
        return _rate_latin(char, language)
    if not _is_of(char, language.script) or char in language.rare:
        return -1.5
    if language.script == "Cyrillic" and not "а" <= char.lower() <= "я":
        return LETTER_POINT if char.lower() in language.letters else -1.0
    return LETTER_POINT


def _rate_latin(char: str, language: Language) -> float:
    if not char.isalpha():
        return -1.5
    return 1.0 if char.lower() in language.letters else -1.0


_COMMON = {"zh": ("simplified", "traditional"), "ja": ("japanese",), "ko": ("korean",)}


def _rate_character(char: str, code: str) -> float:
    if any(char in _common_characters()[name] for name in _COMMON[code]):
        return 1.0
    if code == "ja" and _is_of(char, "Hiragana", "Katakana"):
        return -0.5 if "\uff61" <= char <= "\uff9f" else 1.0
    if code == "zh" and any(_is_usual(char, *usual) for usual in _USUAL):
        return 0.3
    if code != "ko" and "\u4e00" <= char <= "\u9fff":
        return 0.0
    if code == "ko" and _is_of(char, "Hangul"):
        return 0.0
    return -0.5 if char.isalpha() else -1.0


# the first bytes of the characters that the national standards put first, as the usual ones
_USUAL = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))


def _is_usual(char: str, encoding: str, first: int, last: int) -> bool:
    return first <= (char.encode(encoding, "ignore") or b"\x00")[0] <= last


def _is_of(char: str, *scripts: str) -> bool:
    return unicodedata.name(char, "").startswith(tuple(script.upper() for script in scripts))


@cache
def _common_characters() -> dict[str, frozenset[str]]:
    content = yaml.safe_load(CHARACTERS_FILE.read_text(encoding="utf-8"))
    return {name: frozenset("".join(text.split())) for name, text in content.items()}
