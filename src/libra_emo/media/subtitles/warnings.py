"""Warnings about the subtitles of a film: what is odd, and what lies beside it and is not used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from libra_emo.languages.codes import knows_language, related_languages
from libra_emo.media.subtitles.choice import Subtitle

MAX_NAMED = 5  # files or cues that a warning names; the others are counted


def describe_subtitle_warnings(
    main: Subtitle | None,
    used: Iterable[Subtitle],
    listed: Sequence[Subtitle],
    unknown: Sequence[Path],
    language: str | None,
) -> list[str]:
    """Return the warnings about a film's subtitles, one sentence each.

    Args:
        main: Main subtitle.
        used: Main subtitle and translations.
        listed: All subtitles of the film.
        unknown: Files beside the film whose names begin with its name, but are not understood.
        language: Language of the film.
    """
    kept = {subtitle.path: subtitle for subtitle in used if subtitle.track is None}
    warnings = _warn_of_language(main, language)
    warnings += [
        _warn_of_cues(path.name, subtitle.problems)
        for path, subtitle in sorted(kept.items())
        if subtitle.problems and subtitle.is_readable
    ]
    files = {subtitle.path: subtitle for subtitle in listed if subtitle.track is None}
    unused = [_explain(files[path]) for path in sorted(files) if path not in kept]
    unused += [f"{path.name} (its name is not understood)" for path in sorted(unknown)]
    if unused:
        warnings.append(f"beside it and not used: {_join(unused)}")
    return warnings


def _warn_of_language(main: Subtitle | None, language: str | None) -> list[str]:
    """Return a warning if the words are in another language than the film."""
    if main is None or main.text_language is None or language is None:
        return []
    if not knows_language(language) or related_languages(main.text_language, language):
        return []
    return [f"the words of the subtitle are in {main.text_language}, but the film is in {language}"]


def _warn_of_cues(name: str, problems: Sequence[str]) -> str:
    cues = "1 cue" if len(problems) == 1 else f"{len(problems)} cues"
    return f"{name}: {cues} cannot be read: {_join(problems)}"


def _explain(subtitle: Subtitle) -> str:
    """Return the name of a subtitle that is not used, and why it cannot be, if so."""
    name = subtitle.path.name
    if subtitle.is_readable or not subtitle.problems:
        return name if subtitle.is_readable else f"{name} (it has no words)"
    reason = subtitle.problems[0].removeprefix(f"{name}: ").removeprefix("no readable subtitle: ")
    return f"{name} ({reason})"


def _join(texts: Sequence[str]) -> str:
    more = len(texts) - MAX_NAMED
    return "; ".join(texts[:MAX_NAMED]) + (f"; and {more} more" if more > 0 else "")
