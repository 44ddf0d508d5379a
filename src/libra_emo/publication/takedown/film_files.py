"""The files of a film below the project's data, and which of those beside it belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from libra_emo.common.digests import digest_file
from libra_emo.media.sources import SUBTITLE_ENDINGS

COPIES: Final = "film_copies"
# what lies beside a film and describes it; anything else may be a film of its own
BESIDE: Final = (
    *SUBTITLE_ENDINGS,
    *(".txt", ".xml", ".json", ".nfo", ".description", ".jpg", ".jpeg", ".png", ".webp"),
)


def list_film_files(
    paths: Iterable[str],
    digests: frozenset[str],
    others: Iterable[str],
    other_digests: frozenset[str],
    project: Path,
) -> list[Path]:
    """Return the files of some films below `data`, with subtitles and information beside them.

    A file that now has the content of another film is not one of them, nor is one that is known
    as another film's file, too, and has not the content of one of these films.

    Args:
        paths: Paths of the films, as tables have them.
        digests: SHA-256 of the films, as far as they are known.
        others: Paths of all other films.
        other_digests: SHA-256 of all other films.
        project: Folder of the project.
    """
    data, known = project / "data", {project / name for name in others}
    found: set[Path] = set()
    for name in paths:
        path = project / name
        is_below = path.is_relative_to(data) and ".." not in path.parts
        if "/" not in name or not is_below or not path.parent.is_dir():
            continue
        content = digest_file(path) if path.is_file() else ""
        if content not in digests and (content in other_digests or path in known):
            continue
        found |= {path, *_list_beside(path)} & set(path.parent.iterdir())
    return sorted(path for path in found if path.is_file())


def _list_beside(film: Path) -> Iterator[Path]:
    """Give the files that describe a film and no other one: the longest name before them counts."""
    siblings = [path for path in film.parent.iterdir() if path.is_file()]
    if film.parent.parent.name == COPIES:  # a folder of this film alone
        yield from siblings
        return
    films = {path for path in siblings if not _describes(path)} | {film}
    for path in siblings:
        owners = [one for one in films if path.name.startswith(f"{one.stem}.")]
        longest = max((len(one.stem) for one in owners), default=0)
        nearest = [one for one in owners if len(one.stem) == longest]
        if _describes(path) and nearest == [film]:
            yield path


def _describes(path: Path) -> bool:
    return path.name.lower().endswith(BESIDE)
