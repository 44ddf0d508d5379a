"""The spoken words of a subtitle's text, without markup and descriptions."""

from __future__ import annotations

import html
import re

_TAGS = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{[^{}]*\}")
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_INVISIBLE = re.compile("[\x00\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
_SPACE = re.compile(r"\s+")
_PAIRS = {"[": "]", "(": ")", "（": "）", "［": "］", "【": "】", "〔": "〕", "｛": "｝"}
_MIXED = {"(": "）", "（": ")"}
_CLOSING = frozenset(_PAIRS.values())
# brackets that are descriptions even where a cue does not close or open them
_ALWAYS = frozenset("[［【〔")
_ALWAYS_CLOSING = frozenset("]］】〕")
_NOTES = "♩-♯🎵🎶🎼"
_MUSIC = re.compile(rf"[{_NOTES}](?:[ \t]*[{_NOTES}])*")
_SUNG = re.compile(r"#(?:\s[^#]*)?#?")
_STARRED = re.compile(r"\*[^*]+\*")
_SPEAKER = re.compile(r"\s*(?:[-‐-―−－]|[A-Z][A-Z .'0-9]{1,30}:)")
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
    plain = _INVISIBLE.sub("", unescape(_TAGS.sub("", _BREAK.sub("\n", text))))
    if not keep_descriptions:
        plain = _drop_bracketed(plain)
    lines = [_SPACE.sub(" ", line).strip() for line in plain.splitlines()]
    if not keep_descriptions:
        lines = _drop_sung(lines)
    spoken = (_drop_dashes(_ARROWS.sub("", line)).strip() for line in lines)
    return [line for line in spoken if has_words(line)]


def has_words(text: str) -> bool:
    """Return whether a text has any letter or digit."""
    return any(char.isalnum() for char in text)


def unescape(text: str) -> str:
    """Return a text with characters in place of their names, such as `&amp;`."""
    try:
        return html.unescape(text)
    except ValueError:  # a number of thousands of digits
        return text


def _drop_bracketed(text: str) -> str:
    """Return a text without what is in brackets, nested ones too, in one pass."""
    kept: list[str] = []
    open_places: list[tuple[str, int]] = []
    for char in text:
        if char in _PAIRS:
            open_places.append((char, len(kept)))
        elif char in _CLOSING:
            place = _find_opening(open_places, char)
            if place is not None:
                del kept[open_places[place][1] :], open_places[place:]
                kept.append(" ")
                continue
            if char in _ALWAYS_CLOSING:  # the cue before opened it
                kept, open_places = [" "], []
                continue
        kept.append(char)
    unclosed = next((place for char, place in open_places if char in _ALWAYS), len(kept))
    return "".join(kept[:unclosed])


def _find_opening(open_places: list[tuple[str, int]], closing: str) -> int | None:
    """Return the place of the bracket that a closing one belongs to."""
    for place in range(len(open_places) - 1, max(-1, len(open_places) - 50), -1):
        opening = open_places[place][0]
        if closing in (_PAIRS[opening], _MIXED.get(opening)):
            return place
    return None


def _drop_sung(lines: list[str]) -> list[str]:
    """Return lines without what is sung.

    Words between two music signs are sung, and so are those after a sign that has words on its
    line, up to another speaker. A sign alone says that there is music; what follows it is spoken.
    """
    if lines and lines[0].startswith("# ") and lines[-1].endswith("#"):
        return []
    kept, sung = [], False
    for line in lines:
        if _SUNG.fullmatch(line) or _STARRED.fullmatch(line):
            continue
        if _MUSIC.search(line):
            spoken, sung = _drop_sung_parts(line, sung)
            kept.append(spoken)
        else:
            sung = sung and not _SPEAKER.match(line)
            kept.append("" if sung else line)
    return [line for line in kept if line]


def _drop_sung_parts(line: str, sung: bool) -> tuple[str, bool]:
    """Return what is spoken of a line with music signs, and whether the next line is sung."""
    first, *others = _MUSIC.split(line)
    if not any(map(has_words, others)):
        # the sign ends what is sung, which an earlier cue may have begun
        spoken = first if _SPEAKER.match(first) and not sung else ""
        return spoken.strip(), False
    kept = [] if sung else [first]
    sung = sung and has_words(first)
    for part in others:
        sung = not sung
        if not sung:
            kept.append(part)
    return _SPACE.sub(" ", " ".join(kept)).strip(), sung and has_words(others[-1])


def _drop_dashes(line: str) -> str:
    spoken = _DASH.sub("", line)
    return spoken if spoken == line else _LATER_DASH.sub(" ", spoken)
