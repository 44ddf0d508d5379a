"""SRT, WebVTT, SBV and SubViewer: a line of times, and the text below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle
from libra_emo.media.subtitles.formats.times import (
    ARROW,
    is_broken_time_line,
    read_time_line,
    shorten,
)

_NUMBER = re.compile(r"\s*(\d{1,7})\s*[.:)]?\s*")
_HEADER = "WEBVTT"
_BLOCKS = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_BREAK = re.compile(r"\[br\]|\|", re.IGNORECASE)
MIN_NUMBERED = 0.5  # share of cues with a number of their own, if the cues of a file have numbers
MIN_SEQUENCE = 0.8  # share of numbers that follow the one before
MAX_STEP = 10  # between the numbers of two cues


@dataclass
class _Head:
    """A line of times, which may be broken, and the number above it.

    Attributes:
        place: Index of the line.
        span: Start and end; None if they cannot be read.
        number_place: Index of the line above it if that is a number, else None.
        number: The number.
        is_near: Whether the number is directly above.
        is_alone: Whether there is no text directly above the number.
    """

    place: int
    span: tuple[int, int] | None
    number_place: int | None = None
    number: int = 0
    is_near: bool = False
    is_alone: bool = False


def read_timed_lines(lines: Sequence[str], is_vtt: bool) -> RawSubtitle:
    """Return the cues of SRT, WebVTT, SBV or SubViewer.

    A broken line of times costs its cue. The number above a line of times is no text, and a number
    anywhere else is.

    Args:
        lines: Lines of the file.
        is_vtt: Whether a line above the times may be any name, as in WebVTT.
    """
    kept = _drop_blocks(lines) if is_vtt else list(lines)
    heads = _find_heads(kept)
    found = RawSubtitle(is_known=any(head.span for head in heads))
    names = _find_names(kept, heads, is_vtt)
    ends = [*names, len(kept)][1:]
    for head, end in zip(heads, ends, strict=False):
        if head.span is None or head.span[0] >= head.span[1]:
            reason = (
                "no times can be read" if head.span is None else "the end is not after the start"
            )
            shown = shorten(lines[head.place])
            found.problems.append(f"line {head.place + 1}: {reason} in {shown!r}")
            continue
        text = "\n".join(line for line in kept[head.place + 1 : end] if ARROW not in line)
        found.cues.append(RawCue(*head.span, _break_lines(text, lines[head.place]).strip("\n")))
    return found


def _break_lines(text: str, times: str) -> str:
    """Return a text in which SubViewer's marks of line breaks are line breaks."""
    return text if ARROW in times else _BREAK.sub("\n", text)


def _drop_blocks(lines: Sequence[str]) -> list[str]:
    """Return WebVTT with empty lines in place of its header, notes, styles and regions."""
    kept, dropping, fresh, is_header = [], False, True, False
    for line in lines:
        if not line.strip():
            dropping = dropping and line != ""
            fresh = line == ""
            kept.append(line)
            continue
        starts_header = line.lstrip("\ufeff").startswith(_HEADER)
        if fresh and (starts_header or _BLOCKS.match(line)):
            dropping, is_header = True, starts_header
        elif dropping and is_header and read_time_line(line):
            dropping = False  # the header lacks an empty line at its end
        fresh = False
        kept.append("" if dropping else line)
    return kept


def _find_heads(lines: Sequence[str]) -> list[_Head]:
    heads: list[_Head] = []
    before = None  # the last line that is not empty
    after_text = False  # whether that line is directly below another one that is not empty
    blank = True
    for place, line in enumerate(lines):
        if not line.strip():
            blank = True
            continue
        span = read_time_line(line)
        if span is not None or is_broken_time_line(line):
            head = _Head(place, span)
            number = _NUMBER.fullmatch(lines[before]) if before is not None else None
            if number and before is not None and (not heads or before > heads[-1].place):
                head.number_place, head.number = before, int(number[1])
                head.is_near, head.is_alone = before == place - 1, not after_text
            heads.append(head)
        after_text = not blank
        before, blank = place, False
    return heads


def _find_names(lines: Sequence[str], heads: Sequence[_Head], is_vtt: bool) -> list[int]:
    """Return for each cue where its number or name begins, which ends the text above."""
    numbered = _is_numbered(heads)
    places, last = [], None
    for number, head in enumerate(heads):
        begin = head.place
        if head.number_place is not None and _is_number_of(head, last, numbered):
            begin, last = head.number_place, head.number
        elif is_vtt and number and _has_name(lines, head, heads[number - 1]):
            begin = head.place - 1
        places.append(begin)
    return places


def _is_numbered(heads: Sequence[_Head]) -> bool:
    """Return whether the cues of a file have numbers."""
    plain = [head for head in heads if head.number_place is not None]
    if sum(head.is_near and head.is_alone for head in plain) >= MIN_NUMBERED * len(heads):
        return bool(plain)
    own = [head.number for head in plain if head.is_near or head.is_alone]
    steps = sum(after == before + 1 for before, after in pairwise(own))
    return len(own) >= MIN_SEQUENCE * len(heads) and steps >= MIN_SEQUENCE * (len(own) - 1)


def _is_number_of(head: _Head, last: int | None, numbered: bool) -> bool:
    """Return whether the number above a line of times is the number of its cue."""
    if head.is_near and head.is_alone:
        return True
    follows = last is None or 0 < head.number - last <= MAX_STEP
    if head.is_near:
        return numbered and follows
    return numbered and head.is_alone and (last is None or head.number == last + 1)


def _has_name(lines: Sequence[str], head: _Head, before: _Head) -> bool:
    """Return whether a WebVTT cue has a name: one line between an empty line and its times."""
    place = head.place - 1
    return place - 1 > before.place and lines[place].strip() != "" and lines[place - 1] == ""
