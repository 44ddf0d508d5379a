"""The files beside a film: what yt-dlp wrote of it, and its subtitles."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

SUBTITLE_ENDINGS = (".srt", ".vtt", ".ass", ".ssa")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*")


def read_sidecar(film: Path) -> dict[str, str]:
    """Return what `<name>.info.json` beside a film says, in the form that yt-dlp writes.

    Returns:
        Those of title, url, author, license, theme and language that are given; nothing when there
        is no such file or it is no JSON object.
    """
    path = film.with_name(f"{film.stem}.info.json")
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    categories = content.get("categories")
    first = categories[0] if isinstance(categories, list) and categories else None
    facts: dict[str, Any] = {
        "title": content.get("title"),
        "url": content.get("webpage_url"),
        "author": content.get("uploader"),
        "license": content.get("license"),
        "theme": content.get("theme") or first,
        "language": content.get("language"),
    }
    return {name: str(value) for name, value in facts.items() if value}


def find_subtitle(film: Path, language: str | None) -> tuple[Path | None, str | None]:
    """Return the subtitle file beside a film, and the language that its name tells.

    `<name>.<language>.srt` in the film's language comes first, then `<name>.srt`, then the first
    other one; of several forms SRT before WebVTT before ASS.

    Args:
        film: The film's file.
        language: The film's language, where known, such as `en` or `zh-CN`.
    """
    try:
        beside = sorted(film.parent.iterdir())
    except OSError:
        return None, None
    ranked = []
    for path in beside:
        told = _language_of(path, film.stem)
        if told is None or not path.is_file():
            continue
        wanted = bool(language) and _primary(told) == _primary(language or "")
        form = SUBTITLE_ENDINGS.index(path.suffix.lower())
        ranked.append(((not wanted, told != "", told, form), path, told))
    if not ranked:
        return None, None
    _, path, told = min(ranked)
    return path, told or None


def _language_of(path: Path, stem: str) -> str | None:
    """Return the language in a subtitle file's name, "" for none, None when it is another's."""
    if path.suffix.lower() not in SUBTITLE_ENDINGS or not path.stem.startswith(stem):
        return None
    rest = path.stem[len(stem) :]
    if rest == "":
        return ""
    told = rest[1:]
    return told if rest[0] == "." and _LANGUAGE.fullmatch(told) else None


def _primary(language: str) -> str:
    return re.split("[-_]", language)[0].lower()
