"""Formats with one cue a line: MicroDVD, MPL2, TMPlayer and LRC."""

from __future__ import annotations

import re
from collections.abc import Sequence

from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle
from libra_emo.media.subtitles.formats.times import shorten

DEFAULT_RATE = 24000 / 1001  # frames a second of MicroDVD, if neither the file nor the film has one
SHOWN_MS = 5000  # longest time of a cue without an end
_MICRO_DVD = re.compile(r"\{(\d{1,9})\}\{(\d{0,9})\}(.*)")
_MPL2 = re.compile(r"\[(\d{1,9})\]\s*\[(\d{0,9})\](.*)")
_TMP = re.compile(r"(\d{1,3}):(\d\d):(\d\d)(?:,\d)?[:=](.*)")
_LRC_TIME = re.compile(r"\[(\d{1,4}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_LRC_TAG = re.compile(r"\[[A-Za-z#]+:[^\]]*\]\s*")
_WORD_TIME = re.compile(r"<\d[\d:.]*>")
_RATE = re.compile(r"\s*(\d{2,3}(?:[.,]\d{1,4})?)\s*")


def read_numbered_lines(lines: Sequence[str], rate: float | None = None) -> RawSubtitle:
    """Return the cues of MicroDVD, MPL2, TMPlayer or LRC.

    Args:
        lines: Lines of the file.
        rate: Frames a second of the film, which MicroDVD counts.
    """
    written = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    first = next((line for _, line in written if not _LRC_TAG.fullmatch(line)), "").strip()
    if _MICRO_DVD.match(first):
        return _read_spans(written, _MICRO_DVD, 1000 / (rate or DEFAULT_RATE))
    if _MPL2.match(first):
        return _read_spans(written, _MPL2, 100.0)
    if _TMP.match(first) or _LRC_TIME.match(first):
        return _read_starts(written, _TMP if _TMP.match(first) else None)
    return RawSubtitle()


def _read_spans(
    lines: list[tuple[int, str]], pattern: re.Pattern[str], unit_ms: float
) -> RawSubtitle:
    """Return cues with start and end in units: frames of MicroDVD, tenths of a second of MPL2."""
    found = RawSubtitle(is_known=True)
    for number, line in lines:
        match = pattern.match(line.strip())
        if match is None:
            found.problems.append(f"line {number}: no times can be read in {shorten(line)!r}")
            continue
        stated = _RATE.fullmatch(match[3])
        if stated and pattern is _MICRO_DVD and int(match[1]) <= 1 and not found.cues:
            unit_ms = 1000 / float(stated[1].replace(",", "."))
            continue
        start = round(int(match[1]) * unit_ms)
        end = round(int(match[2]) * unit_ms) if match[2] else start + SHOWN_MS
        text = "\n".join(part.removeprefix("/") for part in match[3].split("|"))
        found.cues.append(RawCue(start, end, text))
    return found


def _read_starts(lines: list[tuple[int, str]], pattern: re.Pattern[str] | None) -> RawSubtitle:
    """Return cues without ends: each lasts to the next one, and five seconds at most."""
    found = RawSubtitle(is_known=True)
    starts: list[tuple[int, str]] = []
    for number, line in lines:
        tidy = line.strip()
        if pattern is not None and (match := pattern.match(tidy)):
            hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3])
            start = (hours * 3600 + minutes * 60 + seconds) * 1000
            starts.append((start, match[4].replace("|", "\n")))
        elif pattern is None and _LRC_TIME.match(tidy):
            starts += _read_lyrics(tidy)
        elif pattern is not None or not _LRC_TAG.fullmatch(tidy):
            found.problems.append(f"line {number}: no time can be read in {shorten(line)!r}")
    starts.sort(key=lambda cue: cue[0])
    later = [*(start for start, _ in starts[1:]), float("inf")]
    for (start, text), end in zip(starts, later, strict=True):
        if text.strip():
            found.cues.append(RawCue(start, int(min(end, start + SHOWN_MS)), text))
    return found


def _read_lyrics(line: str) -> list[tuple[int, str]]:
    """Return the starts of a line of LRC, which may have several, with its text."""
    starts, place = [], 0
    while match := _LRC_TIME.match(line, place):
        fraction = int((match[3] or "0").ljust(3, "0"))
        starts.append((int(match[1]) * 60 + int(match[2])) * 1000 + fraction)
        place = match.end()
    text = _WORD_TIME.sub("", line[place:]).strip()
    return [(start, text) for start in starts]
