"""The files beside a film: the information file of yt-dlp, and the subtitles."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

from libra_emo.media.sources.endings import INFORMATION_ENDING, SUBTITLE_ENDINGS
from libra_emo.media.sources.owned_files import SubtitleFile, list_owned

MAX_INFORMATION_BYTES = 64 << 20  # yt-dlp may write all comments into it
MAX_FACT = 500  # characters of a title, an author, a theme; the rest is cut off


def read_sidecar(film: Path) -> dict[str, str]:
    """Return the content of `<name>.info.json` beside a film, which yt-dlp writes.

    Returns:
        Known values of title, url, author, license, theme and language; an empty dict if there is
        no such file, or it is not a JSON object.
    """
    content = _read_information(film.with_name(f"{film.stem}{INFORMATION_ENDING}"))
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
    texts = {name: tidy_fact(value) for name, value in facts.items() if _is_plain(value)}
    return {name: text for name, text in texts.items() if text}


def explain_sidecar(film: Path) -> str | None:
    """Return why the information file of a film cannot be read; None if it can, or is missing."""
    path = film.with_name(f"{film.stem}{INFORMATION_ENDING}")
    content = _read_information(path)
    if isinstance(content, dict) or (content is None and not _exists(path)):
        return None
    reason = content if isinstance(content, str) else "it is not a JSON object"
    return f"{path.name} is not used: {reason}"


def tidy_fact(value: Any) -> str:
    """Return a value as a text of one line that every table, page and plot can show."""
    text = str(value)[: 4 * MAX_FACT].encode("utf-8", "replace").decode()
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:MAX_FACT].strip()


def find_subtitle_files(film: Path) -> list[SubtitleFile]:
    """Return the subtitle files beside a film: `<name>.srt`, `<name>.<language>.srt` and so on.

    The name may contain languages, the audience and an encoding, in any order, as in
    `film.en.sdh.srt`, `film.zh-Hans.ass`, `film.English (SDH).srt`, `film.chs&eng.srt` and
    `film.mp4.srt`. A folder `Subs` beside the film is searched, too.
    """
    return [file for _, file in list_owned(film) if file is not None]


def list_unused_subtitles(film: Path) -> list[Path]:
    """Return files beside a film that are named like subtitles of it, with something unknown."""
    return [
        path
        for path, file in list_owned(film)
        if file is None and path.suffix.lower() in SUBTITLE_ENDINGS
    ]


def list_beside(film: Path) -> list[Path]:
    """Return all files beside a film that may be read for it."""
    return [path for path in list_places_beside(film) if path.is_file()]


def list_places_beside(film: Path) -> list[Path]:
    """Return where files beside a film may be read for it, whether or not there is a file.

    The first one is that of its information file.
    """
    information = film.with_name(f"{film.stem}{INFORMATION_ENDING}")
    return [information, *(path for path, _ in list_owned(film))]


def is_regular(path: Path) -> bool:
    """Return whether a path leads to a regular file: not to a folder, a pipe or a device."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _read_information(path: Path) -> Any:
    """Return the content of a JSON file; the reason as a text if it cannot be read."""
    if not _exists(path):
        return None
    if not is_regular(path):
        return "it is not a regular file"
    try:
        if path.stat().st_size > MAX_INFORMATION_BYTES:
            return "it is too large"
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError:
        return "it is nested too deeply"
    except (OSError, ValueError) as error:
        return f"it cannot be read as JSON: {' '.join(str(error).split())[:MAX_FACT]}"


def _exists(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except (OSError, ValueError):
        return False


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
