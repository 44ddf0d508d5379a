"""The choice of a film's main subtitle, and of its translations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from libra_emo.common.digests import digest_file, digest_text
from libra_emo.languages.codes import primary_language, same_language
from libra_emo.languages.identify import identify_language
from libra_emo.media.sources.endings import SUBTITLE_ENDINGS
from libra_emo.media.sources.sidecars import find_subtitle_files
from libra_emo.media.subtitles.bilingual import part_languages
from libra_emo.media.subtitles.cues import SubtitleError, make_cues
from libra_emo.media.subtitles.files import read_subtitle
from libra_emo.media.subtitles.formats.packets import Event
from libra_emo.media.subtitles.formats.raw import RawCue, RawSubtitle
from libra_emo.media.subtitles.tracks import SubtitleTrack, read_subtitle_tracks


@dataclass(frozen=True)
class Subtitle:
    """One of the subtitles of a film.

    Attributes:
        path: File of the subtitle; the film itself for a track inside the film.
        track: Index of the track among the film's streams; None for a subtitle file.
        declared_language: Language according to its file name, stream or manifest.
        text_language: Language that was identified from its words; None if uncertain.
        is_readable: Whether it has any words.
        is_forced: Whether it has subtitles only for the foreign-language parts of the film.
        is_named: Whether the manifest names it.
        part: Number of its part, if it shows two languages at once; 0 is the first.
        problems: What cannot be read of it.
    """

    path: Path
    track: int | None = None
    declared_language: str | None = None
    text_language: str | None = None
    is_readable: bool = False
    is_forced: bool = False
    is_named: bool = False
    part: int = 0
    problems: tuple[str, ...] = ()

    @property
    def language(self) -> str | None:
        """Declared language, or else the language of its words."""
        return self.declared_language or self.text_language


def list_subtitles(
    film: Path, named: Path | None, tracks: Iterable[SubtitleTrack], language: str | None
) -> list[Subtitle]:
    """Return all text subtitles of a film, after reading each of them.

    Args:
        film: Path of the film; subtitle files beside it are found by name.
        named: Subtitle file that a manifest names.
        tracks: Subtitle tracks of the film.
        language: Language of the film, if it is known.
    """
    listed: list[Subtitle] = []
    if named:
        whole = Subtitle(named, declared_language=language, is_named=True)
        listed += _inspect(whole, _read_file(named, language), ())
    for file in find_subtitle_files(film):
        if file.path == named:
            continue
        whole = Subtitle(file.path, None, file.language, is_forced=file.is_forced)
        found = _read_file(file.path, file.language or language)
        if found.cues or not _is_perhaps_none(file.path):
            listed += _inspect(whole, found, file.languages)
    texts = [track for track in tracks if track.is_text]
    events = _read_tracks(film, texts)
    for track in texts:
        inside = Subtitle(film, track.index, track.language, is_forced=track.is_forced)
        cues = RawSubtitle([RawCue(*event) for event in events.get(track.index, [])])
        listed += _inspect(inside, cues, ())
    return listed


def choose_subtitles(
    subtitles: Iterable[Subtitle], language: str | None
) -> tuple[Subtitle | None, dict[str, Subtitle]]:
    """Return the main subtitle of a film, and one subtitle for each other language.

    The main subtitle is the one that the manifest names, or else one in the film's language, or
    else a file without a language in its name, or else any. Complete subtitles precede forced ones,
    files precede tracks, and SRT precedes WebVTT and ASS.
    """
    ranked = sorted(subtitles, key=lambda subtitle: _rank(subtitle, language))
    if not ranked:
        return None, {}
    main, *others = ranked
    taken = {primary_language(language or main.language), primary_language(main.language)}
    translations = {}
    for other in others:
        primary = primary_language(other.language)
        if primary and primary not in taken and other.is_readable and not other.is_forced:
            taken.add(primary)
            translations[other.language or primary] = other
    return main, translations


def describe_subtitles(
    main: Subtitle | None, translations: Mapping[str, Subtitle]
) -> dict[str, Any]:
    """Return the columns of the sources that describe a film's subtitles, without a warning.

    Args:
        main: Main subtitle.
        translations: Language → subtitle in that language.
    """
    places = {
        tag: {"path": subtitle.path.as_posix(), "track": subtitle.track}
        for tag, subtitle in sorted(translations.items())
    }
    return {
        "subtitle_path": main.path.as_posix() if main else None,
        "subtitle_track": main.track if main else None,
        "subtitle_sha256": _digest([*([main] if main else []), *translations.values()]),
        "text_language": main.text_language if main else None,
        "translations": json.dumps(places, ensure_ascii=False) if places else None,
        "warning": None,
    }


def _rank(subtitle: Subtitle, language: str | None) -> tuple[Any, ...]:
    if same_language(subtitle.declared_language, language):
        fit = 0
    elif subtitle.declared_language is None and same_language(subtitle.text_language, language):
        fit = 1
    else:
        fit = 2
    ending = subtitle.path.suffix.lower()
    return (
        not subtitle.is_named,
        fit,
        not subtitle.is_readable,
        subtitle.is_forced,
        subtitle.declared_language is not None,
        subtitle.track is not None,
        subtitle.part,
        subtitle.declared_language or "",
        SUBTITLE_ENDINGS.index(ending) if ending in SUBTITLE_ENDINGS else len(SUBTITLE_ENDINGS),
        subtitle.track or 0,
        subtitle.path.name,
    )


def _is_perhaps_none(path: Path) -> bool:
    """Return whether a file may be something else than a subtitle, such as a text."""
    return path.suffix.lower() not in SUBTITLE_ENDINGS


def _read_file(path: Path, language: str | None) -> RawSubtitle:
    try:
        return read_subtitle(path, language)
    except SubtitleError as error:
        return RawSubtitle(problems=[str(error)])


def _read_tracks(film: Path, tracks: list[SubtitleTrack]) -> dict[int, list[Event]]:
    try:
        return read_subtitle_tracks(film, [track.index for track in tracks]) if tracks else {}
    except SubtitleError:
        return {}


def _inspect(subtitle: Subtitle, found: RawSubtitle, declared: Sequence[str]) -> list[Subtitle]:
    """Return a subtitle, or its parts in two languages, with what the words show."""
    names = declared or ([subtitle.declared_language] if subtitle.declared_language else [])
    parts = part_languages(found.cues, names)
    first = _find_first([part.language for part in parts], subtitle.declared_language)
    listed = []
    for number, part in enumerate(parts):
        words = "\n".join(cue.text for cue in make_cues(part.cues))
        listed.append(
            replace(
                subtitle,
                declared_language=part.language or subtitle.declared_language,
                text_language=part.language or identify_language(words),
                is_readable=bool(words),
                part=(number - first) % len(parts),
                problems=tuple(found.problems),
            )
        )
    return listed


def _find_first(languages: Sequence[str | None], declared: str | None) -> int:
    """Return the number of the part in the declared language; of the first one if none is."""
    fitting = (n for n, language in enumerate(languages) if same_language(language, declared))
    return next(fitting, 0)


def _digest(subtitles: Iterable[Subtitle]) -> str | None:
    """Return a digest of the subtitle files; tracks are part of the digest of their film."""
    parts = []
    for subtitle in subtitles:
        try:
            content = digest_file(subtitle.path) if subtitle.track is None else ""
        except OSError:
            content = "unreadable"
        parts.append(f"{subtitle.language} {subtitle.track} {content}")
    return digest_text("\n".join(parts)) if parts else None
