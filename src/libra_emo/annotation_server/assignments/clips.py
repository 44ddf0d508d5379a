"""The clips that the server shows, by the part of their ids that no new file name changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from libra_emo.annotation.identity.clip_keys import clip_key

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = (
    *("clip_id", "clip_path", "subtitle", "language", "duration_s"),
    *("translations", "face_boxes"),
)


@dataclass(frozen=True, slots=True)
class Clip:
    """What a person sees and hears of a clip.

    Attributes:
        path: The video file.
        subtitle: What is said.
        language: Language of the subtitle, or None if it is not known.
        seconds: Length of the clip.
        translations: What is said in other languages, by language, as JSON; empty if there is none.
        face_boxes: The largest face as JSON: [[second, top, right, bottom, left], …] in shares of
            height and width; empty if it is not known.
    """

    path: Path
    subtitle: str
    language: str | None
    seconds: float
    translations: str = ""
    face_boxes: str = ""

    def describe(self, language: str) -> dict[str, Any]:
        """Return what a page shows; the translation is the one into the page's language."""
        return {
            "subtitle": self.subtitle,
            "translation": _load(self.translations, {}).get(language),
            "language": self.language,
            "seconds": self.seconds,
            "face": {"boxes": _load(self.face_boxes, [])} if self.face_boxes else None,
        }


Clips = Mapping[str, Clip]


def read_clips(candidates: pd.DataFrame, project: Path) -> dict[str, Clip]:
    """Return the clips of a table of candidates, by their keys.

    Args:
        candidates: Candidates.
        project: Folder from which the paths of the clips start.
    """
    columns = [[*_plain(candidates, name)] for name in COLUMNS]
    return {
        clip_key(clip_id): Clip(
            path=project / path,
            subtitle=subtitle or "",
            language=language,
            seconds=float(seconds),
            translations=translations or "",
            face_boxes=face_boxes or "",
        )
        for clip_id, path, subtitle, language, seconds, translations, face_boxes in zip(
            *columns, strict=True
        )
    }


def _plain(table: pd.DataFrame, name: str) -> Iterator[Any]:
    """Yield the values of a column, None for those that are missing or if there is no column."""
    if name not in table:
        return iter([None] * len(table))
    column = table[name].astype(object)
    return iter(column.where(column.notna(), None))


def _load(text: str, default: Any) -> Any:
    try:
        loaded = json.loads(text) if text else default
    except ValueError:
        return default
    return loaded if isinstance(loaded, type(default)) else default
