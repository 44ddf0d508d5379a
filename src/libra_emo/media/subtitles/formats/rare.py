"""Rare formats of text, which FFmpeg reads."""

from __future__ import annotations

import io

import av

from libra_emo.media.subtitles.formats.packets import close_events, read_packet
from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle

# FFmpeg's reader of each ending; those of `.sub` and `.txt` are read elsewhere
RARE_FORMATS = {
    ".aqt": "aqtitle",
    ".jss": "jacosub",
    ".js": "jacosub",
    ".pjs": "pjs",
    ".rt": "realtext",
    ".stl": "stl",
    ".psb": "mpsub",
    ".mpsub": "mpsub",
    ".usf": "",
}


def read_rare(text: str, ending: str) -> RawSubtitle:
    """Return the cues of a subtitle that FFmpeg reads, by the ending of its name."""
    form = RARE_FORMATS.get(ending)
    if not form:
        return RawSubtitle()
    content = io.BytesIO(text.encode("utf-8", "replace"))
    try:
        with av.open(content, "r", format=form, metadata_errors="replace") as container:
            packets = [packet for packet in container.demux() if packet.pts is not None]
            events = close_events([read_packet(packet) for packet in packets])
    except (av.error.FFmpegError, OSError, ValueError, AttributeError):
        return RawSubtitle()
    return RawSubtitle([RawCue(*event) for event in events], is_known=bool(events))
