"""Subtitles in JSON: YouTube's json3, and lists of texts with times as other sites have them."""

from __future__ import annotations

import json
import math
from typing import Any

from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle
from libra_emo.media.subtitles.formats.timed_text import end_with_next

_LISTS = ("events", "body", "captions", "segments", "subtitles", "cues")
# names of start, end or length, and text, with the milliseconds of their unit
_FORMS = (
    ("tStartMs", "dDurationMs", 1, True),
    ("from", "to", 1000, False),
    ("startTime", "duration", 1, True),
    ("start", "end", 1000, False),
)
SHOWN_MS = 5000  # of a cue without an end
_TEXTS = ("segs", "content", "text")


def read_json(text: str) -> RawSubtitle:
    """Return the cues of a subtitle in JSON."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return RawSubtitle()
    events = content
    if isinstance(content, dict):
        lists = [content[name] for name in _LISTS if isinstance(content.get(name), list)]
        events = lists[0] if lists else None
    if not isinstance(events, list):
        return RawSubtitle()
    found = RawSubtitle(is_known=True)
    for number, event in enumerate(events, start=1):
        if not isinstance(event, dict) or not any(name in event for name in _TEXTS):
            continue  # a window, a pen or another thing without words
        cue = _read_event(event)
        if cue is None:
            found.problems.append(f"event {number}: no times can be read")
        else:
            found.cues.append(cue)
    if isinstance(content, dict) and "events" in content:
        found.cues = end_with_next(found.cues)
    return found


def _read_event(event: dict[str, Any]) -> RawCue | None:
    for start_name, end_name, unit, is_length in _FORMS:
        start: Any = event.get(start_name)
        if not _is_number(start):
            continue
        length = SHOWN_MS / unit
        end: Any = event.get(end_name, length if is_length else start + length)
        if not _is_number(end):
            return None
        last = start + end if is_length else end
        return RawCue(round(start * unit), round(last * unit), _read_text(event))
    return None


def _read_text(event: dict[str, Any]) -> str:
    segments = event.get("segs")
    if isinstance(segments, list):
        return "".join(
            part["utf8"]
            for part in segments
            if isinstance(part, dict) and isinstance(part.get("utf8"), str)
        )
    return next((event[name] for name in _TEXTS if isinstance(event.get(name), str)), "")


def _is_number(value: Any) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(value) and abs(value) < 1e12
