"""The files beside a film: the information file of yt-dlp, and the subtitles."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libra_emo.media.sources.endings import (
    INFORMATION_ENDING,
    PERHAPS_SUBTITLE_ENDINGS,
    SUBTITLE_ENDINGS,
)
from libra_emo.media.sources.subtitle_names import find_owner, is_film, is_subtitle, read_name

MAX_INFORMATION_BYTES = 64 << 20  # yt-dlp may write all comments into it
MAX_FACT = 500  # characters of a title, an author, a theme; the rest is cut off
SUBTITLE_FOLDERS = frozenset({"subs", "sub", "subtitles", "subtitle", "字幕"})
MAX_BESIDE = 100_000  # files of a folder that are looked at


@dataclass(frozen=True)
class SubtitleFile:
    """A subtitle file beside a film, and what its name says.

    Attributes:
        path: The file.
        language: First language in the name of the file; None if there is none.
        is_forced: Whether it has subtitles only for the foreign-language parts of the film.
        languages: All languages in the name, for a subtitle that shows several at once.
    """

    path: Path
    language: str | None
    is_forced: bool
    languages: tuple[str, ...] = ()


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
    return [file for _, file in _list_subtitles(film) if file is not None]


def list_unused_subtitles(film: Path) -> list[Path]:
    """Return files beside a film that are named like subtitles of it, with something unknown."""
    return [
        path
        for path, file in _list_subtitles(film)
        if file is None and path.suffix.lower() in SUBTITLE_ENDINGS
    ]


def list_beside(film: Path) -> list[Path]:
    """Return all files beside a film that may be read for it."""
    information = film.with_name(f"{film.stem}{INFORMATION_ENDING}")
    found = [path for path, _ in _list_subtitles(film)]
    return [path for path in (information, *found) if path.is_file()]


def is_regular(path: Path) -> bool:
    """Return whether a path leads to a regular file: not to a folder, a pipe or a device."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _list_subtitles(film: Path) -> list[tuple[Path, SubtitleFile | None]]:
    """Return the files that belong to a film by their name; None for a name with unknown words."""
    beside = _list_folder(film.parent)
    films = {path.name for path in beside if is_film(path.name)} | {film.name}
    found = _match(film, beside, films, whole_names=False)
    for folder in beside:
        if folder.name.lower() in SUBTITLE_FOLDERS and folder.is_dir():
            found += _match(film, _list_folder(folder), films, whole_names=len(films) == 1)
            for own in (film.stem, film.name):
                found += _match(film, _list_folder(folder / own), films, whole_names=True)
    return found


def _match(
    film: Path, paths: Iterable[Path], films: set[str], whole_names: bool
) -> list[tuple[Path, SubtitleFile | None]]:
    found: list[tuple[Path, SubtitleFile | None]] = []
    for path in paths:
        perhaps = path.suffix.lower() in PERHAPS_SUBTITLE_ENDINGS
        if not (is_subtitle(path.name) or perhaps) or path.is_dir():
            continue
        owner = find_owner(path.stem, films)
        if owner is not None and owner[0] == film.name:
            name = read_name(owner[1])
        elif whole_names and owner is None:
            name = read_name(f".{path.stem}")
        else:
            continue
        file = None
        if name is not None:
            first = name.languages[0] if name.languages else None
            file = SubtitleFile(path, first, name.is_forced, name.languages)
        found.append((path, file))
    return found


def _list_folder(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir())[:MAX_BESIDE]
    except (OSError, ValueError):
        return []


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
