"""Subtitles in markup: YouTube's timed text (srv1, srv2, srv3), SAMI, and TTML."""

from __future__ import annotations

import re

from libra_emo.media.subtitles.cleaning import unescape
from libra_emo.media.subtitles.formats.markup import split_markup
from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle
from libra_emo.media.subtitles.formats.times import shorten
from libra_emo.media.subtitles.formats.ttml import read_ttml

_SPACE = re.compile(r"\s+")
SHOWN_MS = 5000  # of a cue without an end


def read_markup(text: str) -> RawSubtitle:
    """Return the cues of TTML, timed text of YouTube, or SAMI."""
    head = text[:5000].lower()
    if "<sami" in head or "<sync" in head:
        return _read_sami(text)
    if "<transcript" in head or "<timedtext" in head:
        return _read_timed_text(text)
    return read_ttml(text)


def _read_timed_text(text: str) -> RawSubtitle:
    """Return the cues of srv1 (seconds), srv2 and srv3 (milliseconds)."""
    found = RawSubtitle(is_known=True)
    cue: tuple[int, int] | None = None
    words: list[str] = []
    for piece in split_markup(text):
        if piece.name in ("text", "p") and piece.opens:
            cue, words = _read_span(piece.attributes), []
            if cue is None:
                found.problems.append(f"no times can be read in {shorten(str(piece.attributes))}")
        elif piece.name == "br":
            words.append("\n")
        elif not piece.name:
            words.append(piece.text)
        if piece.name in ("text", "p") and piece.closes and cue is not None:
            # srv1 escapes its text twice
            found.cues.append(RawCue(*cue, unescape("".join(words))))
            cue = None
    found.cues = end_with_next(found.cues)
    return found


def end_with_next(cues: list[RawCue]) -> list[RawCue]:
    """Return cues that end when the next one with words begins, as automatic captions roll."""
    ordered = sorted((cue for cue in cues if cue.text.strip()), key=lambda cue: cue.start_ms)
    starts = [cue.start_ms for cue in ordered[1:]]
    clipped = [
        cue._replace(end_ms=start) if cue.start_ms < start < cue.end_ms else cue
        for cue, start in zip(ordered, starts, strict=False)
    ]
    return [*clipped, *ordered[-1:]]


def _read_span(attributes: dict[str, str]) -> tuple[int, int] | None:
    scale = 1000 if "start" in attributes else 1
    try:
        start = float(attributes.get("start", attributes.get("t", "")))
        length = float(attributes.get("dur", attributes.get("d", "")) or SHOWN_MS / scale)
        return round(start * scale), round((start + length) * scale)
    except (ValueError, OverflowError):
        return None


def _read_sami(text: str) -> RawSubtitle:
    """Return the cues of SAMI: each lasts to the next one of its class."""
    found = RawSubtitle(is_known=True)
    start: int | None = None
    shown: dict[str, tuple[int, list[str]]] = {}
    style = ""

    def close(name: str, end: int) -> None:
        begin, words = shown.pop(name)
        line = "".join(words).replace("\xa0", " ").strip()
        if line and begin < end:
            found.cues.append(RawCue(begin, end, line, name))

    for piece in split_markup(text):
        if piece.name == "sync" and piece.opens:
            start = _to_int(piece.attributes.get("start", ""))
            if start is None:
                found.problems.append(f"no time can be read in {shorten(str(piece.attributes))}")
            style = ""
        elif start is not None and piece.name == "p" and piece.opens:
            style = piece.attributes.get("class", "").lower()
            if style in shown:
                close(style, start)
            shown[style] = (start, [])
        elif start is not None and (piece.name == "br" or not piece.name):
            if style not in shown:
                shown[style] = (start, [])
            words = "\n" if piece.name else _SPACE.sub(" ", piece.text)
            shown[style][1].append(words)
    for name, (begin, _) in list(shown.items()):
        close(name, begin + SHOWN_MS)
    return found


def _to_int(text: str) -> int | None:
    match = re.match(r"\s*(\d{1,12})", text)
    return int(match[1]) if match else None
