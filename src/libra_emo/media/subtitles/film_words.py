"""The words of a film, in its own language and in others, and how its scenes share them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.bilingual import choose_part, part_languages
from libra_emo.media.subtitles.cues import Cue, SubtitleError, assign_cues, join_cues, make_cues
from libra_emo.media.subtitles.files import read_subtitle
from libra_emo.media.subtitles.formats.raw import RawCue
from libra_emo.media.subtitles.tracks import read_subtitle_tracks
from libra_emo.media.video.scenes import Scene


@dataclass(frozen=True)
class SceneWords:
    """The words of one scene.

    Attributes:
        cues: Cues in the film's language.
        translations: Language → words in that language, as JSON text; None if there are none.
    """

    cues: list[Cue] = field(default_factory=list)
    translations: str | None = None


@dataclass(frozen=True)
class FilmWords:
    """The words of a film.

    Attributes:
        cues: Cues in the film's language, by time.
        reason: Reason why a scene has no words, for the clip ledger.
        translations: Language → cues in that language.
    """

    cues: list[Cue] = field(default_factory=list)
    reason: str = "no words are said in it"
    translations: dict[str, list[Cue]] = field(default_factory=dict)

    def may_be_in(self, scene: Scene) -> bool:
        """Return whether any cue overlaps a scene, without which no cue can belong to it."""
        return any(cue.start_ms < scene.end_ms and scene.start_ms < cue.end_ms for cue in self.cues)

    def assign(self, scenes: Sequence[Scene]) -> dict[Scene, SceneWords]:
        """Return the words of each scene.

        Args:
            scenes: All scenes of the film, since a cue belongs to the scene with most of it.
        """
        spoken = assign_cues(self.cues, scenes)
        translated = {
            language: assign_cues(cues, scenes)
            for language, cues in sorted(self.translations.items())
        }
        words = {}
        for scene in scenes:
            texts = {
                language: join_cues(cues[scene])
                for language, cues in translated.items()
                if cues[scene]
            }
            as_json = json.dumps(texts, ensure_ascii=False) if texts else None
            words[scene] = SceneWords(spoken[scene], as_json)
        return words


def read_film_words(source: Mapping[str, Any], options: PreprocessingOptions) -> FilmWords:
    """Return the words of a film; a subtitle that cannot be read is the reason for their lack.

    Args:
        source: Row of the sources, with paths that can be opened from here.
        options: Whether descriptions are kept, and the offset of the subtitles.
    """
    source = {name: None if pd.isna(value) else value for name, value in source.items()}
    path = source.get("subtitle_path")
    if not isinstance(path, str):
        return FilmWords(reason="the film has no subtitle file and no subtitle track")
    translations = {}
    for language, place in json.loads(source.get("translations") or "{}").items():
        try:
            cues = _read(place["path"], place["track"], language, source, options)
        except SubtitleError:
            continue  # it could be read when the films were listed; a film can do without it
        translations[language] = cues
    try:
        cues = _read(path, source.get("subtitle_track"), None, source, options)
    except SubtitleError as error:
        return FilmWords(reason=str(error), translations=translations)
    return FilmWords(cues, translations=translations)


def _read(
    path: str,
    track: float | None,
    translation: str | None,
    source: Mapping[str, Any],
    options: PreprocessingOptions,
) -> list[Cue]:
    """Return the cues of a translation, or of the main subtitle, if no translation is named."""
    if track is None:
        expected = translation or source.get("language")
        events = read_subtitle(Path(path), expected, source.get("fps")).cues
    else:
        found = read_subtitle_tracks(Path(path), [int(track)])[int(track)]
        events = [RawCue(*event) for event in found]
    own = source.get("subtitle_offset_seconds")
    offset = options.subtitle_offset_seconds if own is None else float(own)
    languages = [source.get("text_language"), *json.loads(source.get("translations") or "{}")]
    parts = part_languages(events, [tag for tag in languages if tag])
    events = choose_part(parts, translation or source.get("text_language"))
    return make_cues(events, options.keep_descriptions, round(offset * 1000))
