"""Cues in packets of FFmpeg, which reads tracks inside films and rare formats of files."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import av

from libra_emo.media.subtitles.formats.ass import plain_ass
from libra_emo.media.video.opening import to_ms

FIELDS_BEFORE_TEXT = 8  # in an ASS event of FFmpeg's decoders
SHOWN_MS = 5000  # maximum length of a cue without an end

Event = tuple[int, int, str]


def read_packet(packet: Any) -> tuple[int, int | None, str]:
    """Return start, end if it is known, and text of a packet with text."""
    base = Fraction(packet.time_base.numerator, packet.time_base.denominator)
    end = packet.pts + packet.duration if packet.duration else None
    return to_ms(packet.pts, base), None if end is None else to_ms(end, base), _decode(packet)


def _decode(packet: Any) -> str:
    """Return the text of a packet, with its tags in braces."""
    lines = []
    with suppress(av.error.FFmpegError, UnicodeDecodeError):
        for subtitle in packet.decode():
            event = bytes(getattr(subtitle, "ass", b"")).decode("utf-8", "replace")
            lines.append(plain_ass(event.split(",", FIELDS_BEFORE_TEXT)[-1]))
    return "\n".join(lines)


def close_events(events: list[tuple[int, int | None, str]]) -> list[Event]:
    """Return events with an end each: their own, or else the start of the next event."""
    ordered = sorted(events, key=lambda event: event[0])
    closed: list[Event] = []
    later: int | None = None
    for number in range(len(ordered) - 1, -1, -1):
        start, end, text = ordered[number]
        if number + 1 < len(ordered) and ordered[number + 1][0] > start:
            later = ordered[number + 1][0]
        latest = start + SHOWN_MS
        if text:
            shown = latest if later is None else min(later, latest)
            closed.append((start, shown if end is None else end, text))
    return closed[::-1]
