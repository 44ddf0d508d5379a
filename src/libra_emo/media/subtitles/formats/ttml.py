"""TTML and DFXP, whose elements may have times of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from libra_emo.media.subtitles.formats.markup import Piece, split_markup
from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle
from libra_emo.media.subtitles.formats.times import read_clock, shorten

_OFFSET = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(h|ms|m|s|f|t)")
_FRAMES = re.compile(r"(\d{1,6}):(\d{1,2}):(\d{1,2}):(\d{1,3}(?:\.\d{1,6})?)")
_WHOLE = re.compile(r"\s*(\d{1,9})")
_SPACE = re.compile(r"\s+")
MAX_DEPTH = 100  # deeper tags have no times of their own


@dataclass
class _Element:
    """An open element of TTML, with its times relative to the document."""

    name: str
    start: int
    end: int | None
    language: str
    is_hidden: bool

    @property
    def span(self) -> tuple[int, int | None]:
        return self.start, self.end


def read_ttml(text: str) -> RawSubtitle:
    """Return the cues of TTML or DFXP: its paragraphs, or their parts with times of their own."""
    found = RawSubtitle()
    clock = _Clock()
    stack = [_Element("", 0, None, "", False)]
    words: list[str] = []

    def flush() -> None:
        line = "".join(words).strip()
        words.clear()
        timed = next((e for e in reversed(stack) if e.end is not None), None)
        if line and timed is not None and timed.end is not None:
            found.cues.append(RawCue(timed.start, timed.end, line, timed.language))

    for piece in split_markup(text):
        if piece.name == "tt":
            found.is_known, clock = True, _Clock(piece.attributes)
        if not piece.name:
            if any(element.name == "p" for element in stack) and not stack[-1].is_hidden:
                words.append(_SPACE.sub(" ", piece.text))
            continue
        if piece.name == "br":
            words.append("\n")
            continue
        if piece.opens and len(stack) < MAX_DEPTH:
            element = _open(piece, stack[-1], clock, found)
            if (
                piece.name == "p"
                or element.end != stack[-1].end
                or element.start != stack[-1].start
            ):
                flush()
            if not piece.closes:
                stack.append(element)
        elif piece.closes and any(element.name == piece.name for element in stack[1:]):
            while len(stack) > 1:
                if stack[-1].name == "p" or stack[-1].span != stack[-2].span:
                    flush()
                if stack.pop().name == piece.name:
                    break
    flush()
    return found


def _open(piece: Piece, outer: _Element, clock: _Clock, found: RawSubtitle) -> _Element:
    """Return an element; times of an inner element are relative to the outer one."""
    attributes = piece.attributes
    times = {name: attributes[name] for name in ("begin", "end", "dur") if name in attributes}
    read = {name: clock.read(value) for name, value in times.items()}
    if None in read.values():
        found.problems.append(f"no times can be read in {shorten(str(times))}")
        read = {"begin": 0, "end": 0}
    start = outer.start + (read.get("begin") or 0)
    end = outer.end
    if read.get("dur") is not None:
        end = start + (read["dur"] or 0)
    elif "end" in read:
        end = outer.start + (read["end"] or 0)
    language = piece.attributes.get("lang", outer.language)
    hidden = outer.is_hidden or piece.name in ("metadata", "desc", "title", "rt", "rp")
    hidden = hidden or piece.attributes.get("ruby") in ("text", "delimiter", "textContainer")
    return _Element(piece.name, start, end, language, hidden)


class _Clock:
    """Reads times of TTML, whose frames and ticks depend on the document."""

    def __init__(self, attributes: dict[str, str] | None = None) -> None:
        known = attributes or {}
        rate = _read_whole(known.get("framerate", "")) or 30
        factor = re.fullmatch(r"\s*(\d{1,6})\s+(\d{1,6})\s*", known.get("frameratemultiplier", ""))
        self._rate = rate * int(factor[1]) / max(1, int(factor[2])) if factor else float(rate)
        self._rate = self._rate or 30.0
        self._ticks = _read_whole(known.get("tickrate", "")) or (
            rate if "framerate" in known else 1
        )

    def read(self, text: str) -> int | None:
        """Return a time in milliseconds; None if it is not one."""
        offset = _OFFSET.fullmatch(text.strip())
        if offset:
            units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
            units |= {"f": 1 / self._rate, "t": 1 / max(1, self._ticks)}
            return round(float(offset[1]) * units[offset[2]] * 1000)
        frames = _FRAMES.fullmatch(text.strip())
        if frames:
            hours, minutes, seconds = (int(frames[place]) for place in (1, 2, 3))
            whole = hours * 3600 + minutes * 60 + seconds
            return round((whole + float(frames[4]) / self._rate) * 1000)
        return read_clock(text)


def _read_whole(text: str) -> int | None:
    match = _WHOLE.match(text)
    return int(match[1]) if match else None
