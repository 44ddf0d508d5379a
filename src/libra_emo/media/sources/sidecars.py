"""The files beside a film: the information file of yt-dlp, and the subtitles."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libra_emo.languages.codes import knows_language, normalise_language

FILM_ENDINGS = frozenset({".mp4", ".mkv", ".webm", ".avi", ".mov", ".flv"})
SUBTITLE_ENDINGS = (".srt", ".vtt", ".ass", ".ssa")
INFORMATION_ENDING = ".info.json"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*")
# words that players and yt-dlp put beside the language: the audience, or how it was made
_KINDS = frozenset({"sdh", "cc", "hi", "forced", "foreign", "default", "full", "orig", "auto"})
_FORCED = frozenset({"forced", "foreign"})


@dataclass(frozen=True)
class SubtitleFile:
    """A subtitle file beside a film, and what its name says.

    Attributes:
        path: The file.
        language: Language in the name of the file; None if there is none.
        is_forced: Whether it has subtitles only for the foreign-language parts of the film.
    """

    path: Path
    language: str | None
    is_forced: bool


def read_sidecar(film: Path) -> dict[str, str]:
    """Return the content of `<name>.info.json` beside a film, which yt-dlp writes.

    Returns:
        Known values of title, url, author, license, theme and language; an empty dict if there is
        no such file, or it is not a JSON object.
    """
    path = film.with_name(f"{film.stem}{INFORMATION_ENDING}")
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    categories = content.get("categories")
    first = categories[0] if isinstance(categories, list) and categories else None
    facts: dict[str, Any] = {
        "title": content.get("title") or content.get("fulltitle"),
        "url": content.get("webpage_url") or content.get("original_url"),
        "author": content.get("uploader") or content.get("channel") or content.get("creator"),
        "license": content.get("license"),
        "theme": content.get("theme") or first,
        "language": content.get("language"),
    }
    texts = {name: str(value).strip() for name, value in facts.items() if _is_plain(value)}
    return {name: text for name, text in texts.items() if text}


def find_subtitle_files(film: Path) -> list[SubtitleFile]:
    """Return the subtitle files beside a film: `<name>.srt`, `<name>.<language>.srt` and so on.

    The audience may follow the language or replace it, as in `film.en.sdh.srt` and
    `film.forced.srt`. A language is a code or a name, as in `film.zh-Hans.ass`, `film.English.srt`.
    """
    try:
        beside = sorted(film.parent.iterdir())
    except OSError:
        return []
    others = {path.stem for path in beside if path.suffix.lower() in FILM_ENDINGS} - {film.stem}
    found = (_read_name(path, film.stem) for path in beside if path.stem not in others)
    return [file for file in found if file is not None and not file.path.is_dir()]


def _read_name(path: Path, stem: str) -> SubtitleFile | None:
    """Return a file with the language in its name; None if it is not a subtitle of the film."""
    if path.suffix.lower() not in SUBTITLE_ENDINGS or not path.stem.startswith(stem):
        return None
    rest = path.stem[len(stem) :]
    if rest == "":
        return SubtitleFile(path, None, is_forced=False)
    if rest[0] not in "._":
        return None
    words = rest[1:].split(".")
    kinds = [word.lower() for word in words if word.lower() in _KINDS]
    # `hi` is the code of Hindi, and also means hard of hearing where another language stands
    languages = [word for word in words if word.lower() not in _KINDS]
    if not languages and kinds == ["hi"]:
        kinds, languages = [], ["hi"]
    known = knows_language if rest[0] == "_" else _may_be_language
    if len(languages) > 1 or not all(map(known, languages)):
        return None
    language = normalise_language(languages[0]) if languages else None
    return SubtitleFile(path, language, is_forced=bool(_FORCED.intersection(kinds)))


def _may_be_language(word: str) -> bool:
    return _LANGUAGE.fullmatch(word) is not None or knows_language(word)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
