"""Which of a film's subtitles tells what is said in it, and which are translations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from libra_emo.languages.codes import (
    knows_language,
    primary_language,
    related_languages,
    same_language,
)
from libra_emo.languages.identify import identify_language
from libra_emo.media.sources.sidecars import SUBTITLE_ENDINGS, find_subtitle_files
from libra_emo.media.subtitles.cues import SubtitleError, make_cues
from libra_emo.media.subtitles.files import read_subtitle_file
from libra_emo.media.subtitles.tracks import Event, SubtitleTrack, read_subtitle_tracks


@dataclass(frozen=True)
class Subtitle:
    """One of a film's subtitles.

    Attributes:
        path: The file that holds it; the film's own where it is a track of it.
        track: The track's number among the film's streams; None for a file of its own.
        told: The language that its name, stream or manifest tells.
        text_language: The language of its words, None where it is not certain.
        is_readable: Whether it has words.
        is_forced: Whether it holds only what is foreign in the film.
        is_named: Whether the manifest names it.
    """

    path: Path
    track: int | None = None
    told: str | None = None
    text_language: str | None = None
    is_readable: bool = False
    is_forced: bool = False
    is_named: bool = False

    @property
    def language(self) -> str | None:
        """What it is in: as it is told, else by its words."""
        return self.told or self.text_language


def list_subtitles(
    film: Path, named: Path | None, tracks: Iterable[SubtitleTrack], language: str | None
) -> list[Subtitle]:
    """Return all subtitles of a film that are text, looked into.

    Args:
        film: The film's file; subtitles beside it are found by name.
        named: The file that a manifest names.
        tracks: The film's own subtitle tracks.
        language: The film's language, where known.
    """
    files = [Subtitle(named, told=language, is_named=True)] if named else []
    files += [
        Subtitle(file.path, told=file.language, is_forced=file.is_forced)
        for file in find_subtitle_files(film)
        if file.path != named
    ]
    listed = [_look_into(each, _read_file(each, language)) for each in files]
    texts = [track for track in tracks if track.is_text]
    events = _read_tracks(film, texts)
    for track in texts:
        inside = Subtitle(film, track.index, track.language, is_forced=track.is_forced)
        listed.append(_look_into(inside, events.get(track.index, [])))
    return listed


def choose_subtitles(
    subtitles: Iterable[Subtitle], language: str | None
) -> tuple[Subtitle | None, dict[str, Subtitle]]:
    """Return the subtitle that tells what is said, and one for each other language.

    What the manifest names comes first, then the film's language, then a file without a language
    in its name, then any; files before tracks, SRT before WebVTT before ASS, whole ones before
    those of foreign parts alone.
    """
    ranked = sorted(subtitles, key=lambda each: _rank(each, language))
    if not ranked:
        return None, {}
    main, *others = ranked
    taken = {primary_language(language or main.language), primary_language(main.language)}
    translations = {}
    for each in others:
        primary = primary_language(each.language)
        if primary and primary not in taken and each.is_readable and not each.is_forced:
            taken.add(primary)
            translations[each.language or primary] = each
    return main, translations


def describe_subtitles(
    main: Subtitle | None, translations: Mapping[str, Subtitle], language: str | None
) -> dict[str, Any]:
    """Return what the sources say of a film's subtitles.

    Args:
        main: The one that tells what is said.
        translations: The others by language.
        language: The film's language.
    """
    told = {
        tag: {"path": each.path.as_posix(), "track": each.track}
        for tag, each in sorted(translations.items())
    }
    return {
        "subtitle_path": main.path.as_posix() if main else None,
        "subtitle_track": main.track if main else None,
        "subtitle_sha256": _digest([*([main] if main else []), *translations.values()]),
        "text_language": main.text_language if main else None,
        "translations": json.dumps(told, ensure_ascii=False) if told else None,
        "warning": _warn(main, language),
    }


def _warn(main: Subtitle | None, language: str | None) -> str | None:
    """Return what to say where the words are in another language than the film."""
    if main is None or main.text_language is None or language is None:
        return None
    if not knows_language(language) or related_languages(main.text_language, language):
        return None
    return f"the subtitle is in {main.text_language}, as its words say, the film in {language}"


def _rank(subtitle: Subtitle, language: str | None) -> tuple[Any, ...]:
    if same_language(subtitle.told, language):
        fit = 0
    elif subtitle.told is None and same_language(subtitle.text_language, language):
        fit = 1
    else:
        fit = 2
    ending = subtitle.path.suffix.lower()
    return (
        not subtitle.is_named,
        fit,
        not subtitle.is_readable,
        subtitle.is_forced,
        subtitle.told is not None,
        subtitle.track is not None,
        subtitle.told or "",
        SUBTITLE_ENDINGS.index(ending) if ending in SUBTITLE_ENDINGS else len(SUBTITLE_ENDINGS),
        subtitle.track or 0,
        subtitle.path.name,
    )


def _read_file(subtitle: Subtitle, language: str | None) -> list[Event]:
    try:
        return read_subtitle_file(subtitle.path, subtitle.told or language)
    except SubtitleError:
        return []


def _read_tracks(film: Path, tracks: list[SubtitleTrack]) -> dict[int, list[Event]]:
    try:
        return read_subtitle_tracks(film, [track.index for track in tracks]) if tracks else {}
    except SubtitleError:
        return {}


def _look_into(subtitle: Subtitle, events: list[Event]) -> Subtitle:
    words = "\n".join(cue.text for cue in make_cues(events))
    return Subtitle(
        path=subtitle.path,
        track=subtitle.track,
        told=subtitle.told,
        text_language=identify_language(words),
        is_readable=bool(words),
        is_forced=subtitle.is_forced,
        is_named=subtitle.is_named,
    )


def _digest(subtitles: Iterable[Subtitle]) -> str | None:
    """Return a digest of what the subtitles hold; a track is part of its film's own digest."""
    parts = []
    for each in subtitles:
        try:
            content = sha256(each.path.read_bytes()).hexdigest() if each.track is None else ""
        except OSError:
            content = "unreadable"
        parts.append(f"{each.language} {each.track} {content}")
    return sha256("\n".join(parts).encode()).hexdigest() if parts else None
