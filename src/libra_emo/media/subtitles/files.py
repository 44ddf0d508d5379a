"""Subtitle files in the usual formats and encodings."""

from __future__ import annotations

import re
from pathlib import Path

from libra_emo.media.subtitles.cues import SubtitleError
from libra_emo.media.subtitles.encodings import decode_text

MAX_BYTES = 64 << 20  # no subtitle file is this large
_TIMES = "-->"
_INLINE_TIMES = re.compile(
    r"<[\d:.,]+>"
)  # times of single words; pysubs2 would read two of them as the times of a cue
_BLANK = re.compile(r"\n\n+")  # a line of spaces does not end a cue


def read_subtitle_file(path: Path, language: str | None = None) -> list[tuple[int, int, str]]:
    """Return the raw cues of a subtitle file: start and end in ms, and the text.

    Comments and drawings of ASS, and blocks of WebVTT that are not cues, are skipped.

    Args:
        path: SRT, WebVTT, ASS or SSA file.
        language: Expected language of the text, if it is known.

    Raises:
        SubtitleError: If the file cannot be read, or is not a subtitle.
    """
    import pysubs2

    text = _read_text(path, language)
    try:
        events = pysubs2.SSAFile.from_string(_cues_alone(text))
    except (ValueError, pysubs2.Pysubs2Error) as error:
        raise SubtitleError(
            f"{path.name}: no readable subtitle: it is neither SRT, WebVTT nor ASS"
        ) from error
    return [
        (event.start, event.end, event.plaintext)
        for event in events
        if not event.is_comment and not event.is_drawing
    ]


def _read_text(path: Path, language: str | None) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SubtitleError(f"{path.name}: no readable subtitle: it is far too large for one")
        content = path.read_bytes()
        text = decode_text(content, language)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SubtitleError(f"{path.name}: no readable subtitle: {reason}") from error
    if not text.strip():
        raise SubtitleError(f"{path.name}: no readable subtitle: it is empty")
    return text


def _cues_alone(text: str) -> str:
    """Return WebVTT without notes, styles, regions and cue names; other formats unchanged."""
    text = _INLINE_TIMES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.lstrip().startswith("WEBVTT"):
        return text
    cues = ["WEBVTT"]
    for block in _BLANK.split(text):
        lines = block.split("\n")
        first = next((number for number, line in enumerate(lines) if _TIMES in line), None)
        if first is not None and not block.startswith("NOTE"):
            cues.append("\n".join(lines[first:]))
    return "\n\n".join(cues) + "\n"
