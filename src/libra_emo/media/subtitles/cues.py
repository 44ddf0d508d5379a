"""Subtitles: the cues of a film, and which scene each belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libra_emo.errors import LibraEmoError
from libra_emo.media.subtitles.cleaning import clean_lines
from libra_emo.media.subtitles.rolling import Caption, collapse_rolling
from libra_emo.media.video.scenes import Scene


class SubtitleError(LibraEmoError):
    """A subtitle file cannot be read."""


@dataclass(frozen=True, order=True)
class Cue:
    """A text and the span in which it is shown, in milliseconds of container time."""

    start_ms: int
    end_ms: int
    text: str


def make_cues(
    events: Iterable[tuple[int, int, str]], keep_descriptions: bool = False, offset_ms: int = 0
) -> list[Cue]:
    """Return what is spoken in a subtitle, by time; what is shown but not spoken is left out.

    Args:
        events: Start and end in milliseconds, and the text as the subtitle has it.
        keep_descriptions: Whether sound descriptions and music signs stay.
        offset_ms: Added to all times, where the subtitle is early or late.
    """
    captions = [
        Caption(start + offset_ms, end + offset_ms, tuple(clean_lines(text, keep_descriptions)))
        for start, end, text in events
        if start < end
    ]
    return sorted(
        Cue(caption.start_ms, caption.end_ms, " ".join(caption.lines))
        for caption in collapse_rolling(captions)
        if caption.end_ms > 0
    )


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


def is_cut(cues: Iterable[Cue], scene: Scene) -> bool:
    """Return whether one of a scene's cues is shown beyond the scene's edges."""
    return any(cue.start_ms < scene.start_ms or cue.end_ms > scene.end_ms for cue in cues)
