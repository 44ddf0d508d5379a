"""The decoding of text whose encoding is not declared, as in old subtitle files."""

from __future__ import annotations

import codecs
import re
import unicodedata
from contextlib import suppress
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
MAX_SCORED = 4000  # characters beyond ASCII that are scored for each encoding
DECLARED_BONUS = 0.8  # for an encoding of the film's declared language
WESTERN_BONUS = 0.1  # for the most frequent single-byte encoding
SCRIPT_BONUS = 0.1  # for the encoding of the Chinese script that a language tag names
LETTER_POINT = 0.7  # less than 1, because a letter of a small alphabet is weak evidence
MIN_SCORE = -0.25  # an encoding with a lower score is not accepted
MIN_ASCII = 0.1  # share of a subtitle's characters, since its times are in ASCII
MAX_BROKEN = 0.02  # share of the characters in a file with a byte order mark
MAX_BROKEN_UTF8 = 0.125  # share of the characters beyond ASCII in a file that is otherwise UTF-8
_PUNCTUATION = frozenset("’‘“”„«»–—…¿¡°€♪·、。，！？：；「」『』（）《》〈〉【】“”‘’～　")
_ESCAPED = re.compile("[\udc80-\udcff]+")


class UnknownEncoding(ValueError):
    """Bytes are not text in any known encoding."""


def decode_text(content: bytes, language: str | None = None) -> str:
    """Return the text of a file.

    The encoding is that of the byte order mark. Without one it is UTF-8 or UTF-16 if the bytes are
    valid, since bytes are not valid by chance. Older encodings are scored by how common the
    decoded characters are.

    Args:
        content: Bytes of the file.
        language: Expected language of the text, if it is known; it decides between encodings with
            similar scores.

    Raises:
        UnknownEncoding: If the bytes are not text in any known encoding.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            with suppress(UnknownEncoding):
                return _decode_whole(content, encoding)
            content = content.removeprefix(mark)
            break
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
            raise UnknownEncoding(
                f"its mark says {encoding}, but it is not in this encoding"
            ) from error
        return text


def _decode_utf16(content: bytes) -> str:
    """Decode UTF-16 without a mark; the zero bytes of ASCII characters show the byte order."""
    even, odd = content[0::2].count(0), content[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    most, fewest = max(even, odd), min(even, odd)
    if fewest > 0.1 * most or most < MIN_ASCII * len(content) / 2:
        raise UnknownEncoding("it is not text")
    return _decode_whole(content, encoding)


def _mostly_utf8(content: bytes) -> str | None:
    """Return the text if it is UTF-8 except for a few bytes, else None."""
    text = content.decode("utf-8", "surrogateescape")
    broken = sum(map(len, _ESCAPED.findall(text)))
    whole = sum(not char.isascii() for char in text) - broken
    return _ESCAPED.sub("\ufffd", text) if broken <= MAX_BROKEN_UTF8 * whole else None


def _guess(content: bytes, language: str | None) -> str:
    best, most = None, MIN_SCORE
    for encoding in sorted(
        {name for known in read_languages().values() for name in known.encodings}
    ):
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
        # five bytes are undefined in cp1252, Windows' form of Latin-1, and none in Latin-1 itself
        return content.decode("latin-1") if encoding == "cp1252" else None


def _score(text: str, encoding: str, language: str | None) -> float:
    """Return the score of an encoding, which is the best score of its languages."""
    places = [place for place, char in enumerate(text) if not char.isascii()][:MAX_SCORED]
    return max(
        _rate(text, places, known)
        + score_words(text, known)
        + DECLARED_BONUS * (known.code == primary_language(language))
        + SCRIPT_BONUS * (encoding == _encoding_of_script(language))
        + WESTERN_BONUS * (encoding == "cp1252")
        for known in read_languages().values()
        if encoding in known.encodings
    )


def _encoding_of_script(language: str | None) -> str | None:
    """Return the encoding for a tag of Chinese; simplified Chinese if the tag has no script."""
    if primary_language(language) != "zh":
        return None
    parts = (normalise_language(language) or "").lower().split("-")
    return "big5hkscs" if {"hant", "tw", "hk", "mo"}.intersection(parts) else "gb18030"


def _rate(text: str, places: list[int], language: Language) -> float:
    """Return how well the characters beyond ASCII fit a language, -3 to 1 on average."""
    points = 0.0
    for place in places:
        char, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
        points += _point(char, language)
        # capitals after small letters occur when one Cyrillic encoding is read as another
        points -= 0.5 * (char.isupper() and before.islower())
        # a word does not mix two alphabets
        mixed = char.isalpha() and any(near.isascii() and near.isalpha() for near in before + after)
        points -= 2.0 * (mixed and language.script not in ("Latin", "Han", "Kana"))
        # letters with diacritics are rarely next to each other
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


# ranges of the first byte in which the national standards place the most common characters
_USUAL = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))


def _is_usual(char: str, encoding: str, first: int, last: int) -> bool:
    return first <= (char.encode(encoding, "ignore") or b"\x00")[0] <= last


def _is_of(char: str, *scripts: str) -> bool:
    return unicodedata.name(char, "").startswith(tuple(script.upper() for script in scripts))


@cache
def _common_characters() -> dict[str, frozenset[str]]:
    content = yaml.safe_load(CHARACTERS_FILE.read_text(encoding="utf-8"))
    return {name: frozenset("".join(text.split())) for name, text in content.items()}
