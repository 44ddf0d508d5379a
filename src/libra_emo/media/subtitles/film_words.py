"""All that is said in a film, in its own language and in others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.cues import Cue, SubtitleError, assign_cues, join_cues, make_cues
from libra_emo.media.subtitles.files import read_subtitle_file
from libra_emo.media.subtitles.tracks import read_subtitle_tracks
from libra_emo.media.video.scenes import Scene


@dataclass(frozen=True)
class Words:
    """What is said in a film.

    Attributes:
        cues: In the film's language, by time.
        trouble: What to say of a scene that has none of them.
        translations: Language → what is said, in that language.
    """

    cues: list[Cue] = field(default_factory=list)
    trouble: str = "no words are said in it"
    translations: dict[str, list[Cue]] = field(default_factory=dict)

    def translate(self, scenes: list[Scene]) -> dict[Scene, str | None]:
        """Return for each scene its words in other languages, as JSON text; None for none."""
        assigned = {
            language: assign_cues(cues, scenes) for language, cues in self.translations.items()
        }
        texts = {
            scene: {
                language: join_cues(of_scene[scene])
                for language, of_scene in sorted(assigned.items())
                if of_scene[scene]
            }
            for scene in scenes
        }
        return {
            scene: json.dumps(told, ensure_ascii=False) if told else None
            for scene, told in texts.items()
        }


def read_words(source: Mapping[str, Any], options: PreprocessingOptions) -> Words:
    """Return what is said in a film.

    Args:
        source: A row of the sources, with paths that can be opened from here.
        options: Whether descriptions stay, and by how much subtitles are off.
    """
    source = {name: None if pd.isna(value) else value for name, value in source.items()}
    path = source.get("subtitle_path")
    if not isinstance(path, str):
        return Words(trouble="the film has no subtitle file and no subtitle track")
    translations = {}
    for language, place in json.loads(source.get("translations") or "{}").items():
        try:
            translations[language] = _read(place["path"], place["track"], language, source, options)
        except SubtitleError:
            continue  # it was there when the films were listed, and is a gift
    try:
        cues = _read(path, source.get("subtitle_track"), source.get("language"), source, options)
    except SubtitleError as error:
        return Words(trouble=str(error), translations=translations)
    return Words(cues, translations=translations)


def _read(
    path: str,
    track: float | None,
    language: str | None,
    source: Mapping[str, Any],
    options: PreprocessingOptions,
) -> list[Cue]:
    if track is None:
        events = read_subtitle_file(Path(path), language)
    else:
        events = read_subtitle_tracks(Path(path), [int(track)])[int(track)]
    own = source.get("subtitle_offset_seconds")
    offset = options.subtitle_offset_seconds if own is None else float(own)
    return make_cues(events, options.keep_descriptions, round(offset * 1000))
