"""Subtitles: what is said in a scene, out of a file in any of the usual forms and encodings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from libra_emo.errors import LibraEmoError
from libra_emo.media.scenes import Scene

_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TAGS = re.compile(r"<[^<>]*>|\{[^{}]*\}")
_SPACE = re.compile(r"\s+")


class SubtitleError(LibraEmoError):
    """A subtitle file cannot be read."""


@dataclass(frozen=True, order=True)
class Cue:
    """A text and the span in which it is shown, in milliseconds of container time."""

    start_ms: int
    end_ms: int
    text: str


def read_subtitles(path: Path) -> list[Cue]:
    """Return the cues of a subtitle file (SRT, WebVTT, ASS), by time, without markup.

    Cues without words or without a span are left out.

    Raises:
        SubtitleError: If the file cannot be read, or is no subtitle.
    """
    import pysubs2

    try:
        text = _decode(path.read_bytes())
        events = pysubs2.SSAFile.from_string(text)
    except (OSError, UnicodeError, ValueError, pysubs2.Pysubs2Error) as error:
        raise SubtitleError(f"{path.name}: no readable subtitle: {error}") from error
    cues = [
        Cue(event.start, event.end, _clean(event.plaintext))
        for event in events
        if not event.is_comment and not event.is_drawing
    ]
    return sorted(cue for cue in cues if cue.text and 0 <= cue.end_ms > cue.start_ms)


def assign_cues(cues: Iterable[Cue], scenes: Sequence[Scene]) -> dict[Scene, list[Cue]]:
    """Return the cues of each scene: a cue belongs to the scene that holds most of it.

    The earlier scene has it where two hold as much; a cue outside all of them belongs to none.
    """
    assigned: dict[Scene, list[Cue]] = {scene: [] for scene in scenes}
    ordered = sorted(scenes)
    first = 0
    for cue in sorted(cues):
        while first < len(ordered) and ordered[first].end_ms <= cue.start_ms:
            first += 1
        best, held = None, 0
        for scene in ordered[first:]:
            if scene.start_ms >= cue.end_ms:
                break
            overlap = min(scene.end_ms, cue.end_ms) - max(scene.start_ms, cue.start_ms)
            if overlap > held:
                best, held = scene, overlap
        if best is not None:
            assigned[best].append(cue)
    return assigned


def join_cues(cues: Iterable[Cue]) -> str:
    """Return the words of some cues as one line, in the order in which they are shown."""
    return " ".join(cue.text for cue in sorted(cues))


def _decode(content: bytes) -> str:
    """Return a file's text; UTF-8 where it can be, since short files mislead any guess."""
    if not content.startswith(_BYTE_ORDER_MARKS):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    import charset_normalizer

    best = charset_normalizer.from_bytes(content).best()
    if best is None:
        raise ValueError("its encoding is not known")
    return str(best)


def _clean(text: str) -> str:
    return _SPACE.sub(" ", _TAGS.sub(" ", text)).strip()
