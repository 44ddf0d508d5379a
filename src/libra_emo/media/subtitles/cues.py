"""Cues: the texts of a subtitle with their times, and the scene that each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from libra_emo.errors import LibraEmoError
from libra_emo.media.subtitles.cleaning import clean_lines
from libra_emo.media.subtitles.rolling import Caption, collapse_rolling
from libra_emo.media.video.scenes import Scene

MAX_SECONDS = 60  # a longer cue is a watermark or an error; its words cannot be placed in a scene
MAX_CHARACTERS = 3000  # nobody reads more in one cue
# a picture of a preview, an address, or the names of those who made the subtitle
_NOT_SPOKEN = re.compile(
    r"\S+\.(?:jpe?g|png|webp)(?:#xywh=\S*)?|https?://\S|(?<!\w)www\.\w|opensubtitles"
    r"|(?<!\w)(?:subtitles?|captions?|subs|subbed|synced|sync(?:ed)? and correct(?:ed|ions)"
    r"|resync) by(?!\w)|字幕组|字幕組|字幕制作|字幕製作",
    re.IGNORECASE,
)


class SubtitleError(LibraEmoError):
    """A subtitle cannot be read."""


@dataclass(frozen=True, order=True)
class Cue:
    """A text, and the span in which it is shown, in milliseconds of container time."""

    start_ms: int
    end_ms: int
    text: str


def make_cues(
    events: Iterable[tuple[Any, ...]], keep_descriptions: bool = False, offset_ms: int = 0
) -> list[Cue]:
    """Return the spoken cues of a subtitle by time, without texts that are not spoken.

    Left out are also a cue that is shown for more than a minute, such as a watermark, and one that
    names an address or who made the subtitle.

    Args:
        events: Start and end in milliseconds, and the text of the subtitle; more is ignored.
        keep_descriptions: Whether sound descriptions and music signs are kept.
        offset_ms: Time added to all cues, for a subtitle that is early or late.
    """
    captions = [
        Caption(start + offset_ms, end + offset_ms, tuple(clean_lines(text, keep_descriptions)))
        for start, end, text, *_ in events
        if _may_be_spoken(start, end, text)
    ]
    return sorted(
        Cue(caption.start_ms, caption.end_ms, " ".join(caption.lines))
        for caption in collapse_rolling(captions)
        if caption.end_ms > 0
    )


def _may_be_spoken(start_ms: int, end_ms: int, text: str) -> bool:
    fits = 0 < end_ms - start_ms <= MAX_SECONDS * 1000 and len(text) <= MAX_CHARACTERS
    return fits and _NOT_SPOKEN.search(text) is None


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
