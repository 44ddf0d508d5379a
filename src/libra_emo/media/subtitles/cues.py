"""Cues: the texts of a subtitle with their times, and the scene that each belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libra_emo.errors import LibraEmoError
from libra_emo.media.subtitles.cleaning import clean_lines
from libra_emo.media.subtitles.rolling import Caption, collapse_rolling
from libra_emo.media.video.scenes import Scene


class SubtitleError(LibraEmoError):
    """A subtitle cannot be read."""


@dataclass(frozen=True, order=True)
class Cue:
    """A text, and the span in which it is shown, in milliseconds of container time."""

    start_ms: int
    end_ms: int
    text: str


def make_cues(
    events: Iterable[tuple[int, int, str]], keep_descriptions: bool = False, offset_ms: int = 0
) -> list[Cue]:
    """Return the spoken cues of a subtitle by time, without texts that are not spoken.

    Args:
        events: Start and end in milliseconds, and the text of the subtitle.
        keep_descriptions: Whether sound descriptions and music signs are kept.
        offset_ms: Time added to all cues, for a subtitle that is early or late.
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
    """Return the cues of each scene: a cue belongs to the scene with which it overlaps most.

    Of two scenes with the same overlap the earlier one gets the cue. A cue outside all scenes
    belongs to none.
    """
    assigned: dict[Scene, list[Cue]] = {scene: [] for scene in scenes}
    ordered = sorted(scenes)
    first = 0
    for cue in sorted(cues):
        while first < len(ordered) and ordered[first].end_ms <= cue.start_ms:
            first += 1
        best, longest = None, 0
        for scene in ordered[first:]:
            if scene.start_ms >= cue.end_ms:
                break
            overlap = min(scene.end_ms, cue.end_ms) - max(scene.start_ms, cue.start_ms)
            if overlap > longest:
                best, longest = scene, overlap
        if best is not None:
            assigned[best].append(cue)
    return assigned


def join_cues(cues: Iterable[Cue]) -> str:
    """Return the texts of some cues as one line, in the order in which they are shown."""
    return " ".join(cue.text for cue in sorted(cues))


def is_cut(cues: Iterable[Cue], scene: Scene) -> bool:
    """Return whether any cue of a scene begins before it or ends after it."""
    return any(cue.start_ms < scene.start_ms or cue.end_ms > scene.end_ms for cue in cues)
