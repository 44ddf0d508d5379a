"""ASS and SSA: one line for each event."""

from __future__ import annotations

import re
from collections.abc import Sequence

from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle
from libra_emo.media.subtitles.formats.times import read_clock, shorten

_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect")
_DRAWING = re.compile(r"\\p(\d+)")
_NOT_SPOKEN_EFFECTS = ("banner", "scroll", "fx", "karaoke")
# styles of what is written in the picture or sung
_NOT_SPOKEN_STYLES = re.compile(
    r"(?<![a-z])(?:signs?|titles?|credits?|staff|watermark|logo|op|ed|opening|ending|songs?|kara"
    r"|karaoke|romaji|lyrics?|insert)(?![a-z])|注释|註釋|标题|標題|水印|屏幕字|特效|歌词|歌詞",
    re.IGNORECASE,
)


def read_ass(lines: Sequence[str]) -> RawSubtitle:
    """Return the dialogue of ASS or SSA.

    Comments and drawings are left out, and so are events whose style or effect says that they are
    written in the picture or sung, if there are others.
    """
    found = RawSubtitle()
    fields: Sequence[str] = _FIELDS
    spoken, written = [], []
    for number, line in enumerate(lines, start=1):
        key, _, rest = line.strip().partition(":")
        kind = key.strip().lower()
        if kind in ("scripttype", "[events]", "[script info]"):
            found.is_known = True
        elif kind == "format" and "text" in rest.lower():
            fields = [name.strip().lower() for name in rest.split(",")][:-1]
        elif kind == "dialogue":
            found.is_known = True
            cue, effect = _read_event(rest, fields)
            if cue is None:
                found.problems.append(f"line {number}: no times can be read in {shorten(line)!r}")
            elif _NOT_SPOKEN_STYLES.search(cue.style) or effect.startswith(_NOT_SPOKEN_EFFECTS):
                written.append(cue)
            else:
                spoken.append(cue)
    found.cues = spoken or written
    return found


def plain_ass(text: str) -> str:
    """Return the text of an event with line breaks and without drawings.

    Its tags stay, each in braces, so that lines of different styles can be distinguished.
    """
    parts, drawing = [], False
    for number, piece in enumerate(text.split("{")):
        tags, brace, after = piece.partition("}")
        if number == 0 or not brace:
            # a brace that is not closed is text
            tags, after = "", piece if number == 0 else f" {piece}"
        else:
            drawings = _DRAWING.findall(tags)
            drawing = int(drawings[-1][:3]) > 0 if drawings else drawing
            parts.append(f"{{{tags}}}")
        if not drawing:
            parts.append(after)
    return "".join(parts).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")


def _read_event(rest: str, fields: Sequence[str]) -> tuple[RawCue | None, str]:
    """Return the cue of a line of dialogue, and its effect in lower case."""
    values = rest.split(",", len(fields))
    if len(values) <= len(fields):
        return None, ""
    named = dict(zip(fields, values, strict=False))
    start, end = read_clock(named.get("start", "")), read_clock(named.get("end", ""))
    if start is None or end is None:
        return None, ""
    style = named.get("style", "").strip().lstrip("*")
    return RawCue(start, end, plain_ass(values[-1]), style), named.get("effect", "").strip().lower()
