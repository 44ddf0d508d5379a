"""The spoken words of a subtitle's text, without markup and descriptions."""

from __future__ import annotations

import html
import re

_TAGS = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{[^{}]*\}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
_SPACE = re.compile(r"\s+")
_BRACKETED = re.compile(
    r"\[[^\[\]]*\]|\([^()]*\)|（[^（）]*）|［[^［］]*］|【[^【】]*】|〔[^〔〕]*〕|｛[^｛｝]*｝"
    r"|\([^()]*）|（[^（）]*\)"
)
_UNCLOSED = re.compile(r"[\[［【〔][^\]］】〕]*\Z")
_UNOPENED = re.compile(r"\A[^\[［【〔]*[\]］】〕]")
_MUSIC = re.compile(r"(?:[♩-♯🎵🎶🎼]\s*)+[^♩-♯🎵🎶🎼]*(?:[♩-♯🎵🎶🎼]\s*)*")
_SUNG_LINE = re.compile(r"^\s*#(?:\s[^#]*)?#?\s*$", re.MULTILINE)
_ARROWS = re.compile(r"^\s*>{2,}\s*")
_DASH = re.compile(r"^\s*[-‐-―−－]+\s*(?![\s\d])")
_LATER_DASH = re.compile(r"(?<=[.!?…。！？])\s+[-‐-―－]\s*(?=\S)")


def clean_lines(text: str, keep_descriptions: bool = False) -> list[str]:
    """Return the spoken lines of a subtitle, without lines that have no words.

    Markup is removed, and so are the dashes that mark another speaker. Sound descriptions in
    brackets of any width or between music signs are removed unless they are to be kept.

    Args:
        text: Text of a subtitle, with its line breaks.
        keep_descriptions: Whether descriptions and music signs are kept.
    """
    plain = _INVISIBLE.sub("", html.unescape(_TAGS.sub(" ", text)))
    if not keep_descriptions:
        plain = _drop_descriptions(plain)
    lines = (_drop_dashes(_ARROWS.sub("", line)) for line in plain.splitlines())
    tidy = (_SPACE.sub(" ", line).strip() for line in lines)
    return [line for line in tidy if any(char.isalnum() for char in line)]


def _drop_descriptions(text: str) -> str:
    text = _MUSIC.sub(" ", text)
    text = _SUNG_LINE.sub(" ", text)
    while (less := _BRACKETED.sub(" ", text)) != text:
        text = less
    return _UNOPENED.sub(" ", _UNCLOSED.sub(" ", text))


def _drop_dashes(line: str) -> str:
    spoken = _DASH.sub("", line)
    return spoken if spoken == line else _LATER_DASH.sub(" ", spoken)
