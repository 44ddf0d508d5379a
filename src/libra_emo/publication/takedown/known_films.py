"""The films that a project knows of, wherever it has written of them."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.publication.takedown.contents.search import open_quietly

_NAMES: Final = {
    "film_id": ("film_id", "source_id"),
    "sha256": ("sha256",),
    "url": ("url", "address"),
    "author": ("author",),
    "path": ("video_path", "path", "file"),
}
_TABLES: Final = ("02_intermediate/sources.parquet", "03_primary/candidates.parquet")
_STORES: Final = ("01_raw/*.sqlite", "04_feature/*.sqlite")
_CLIPS: Final = (
    "SELECT clip_id FROM votes",
    "SELECT clip_id FROM campaign_clips",
    "SELECT json_extract(asked, '$.clip_id') FROM answers WHERE json_valid(asked)",
)
_CLIP: Final = re.compile(r"(.+)-\d{8,}-\d{8,}", re.DOTALL)
_LISTS: Final = (
    *("01_raw/collected_films.csv", "02_intermediate/licence_readings.csv"),
    "03_primary/split.csv",
)


@dataclass(frozen=True)
class KnownFilm:
    """What one place says of a film; None what it does not say."""

    film_id: str | None = None
    sha256: str | None = None
    url: str | None = None
    author: str | None = None
    path: str | None = None


def list_known(data: Path) -> list[KnownFilm]:
    """Return what tables, records, stores, releases and the collection's archive say of films.

    What cannot be read is left out: others know the film too.

    Args:
        data: Folder of the project's data.
    """
    films = {_to_film(row) for row in _read_all(data)}
    return sorted(films - {KnownFilm()}, key=lambda film: [value or "" for value in _values(film)])


def _values(film: KnownFilm) -> tuple[str | None, ...]:
    return film.film_id, film.sha256, film.url, film.author, film.path


def _read_all(data: Path) -> Iterator[Mapping[str, Any]]:
    for name in _TABLES:
        yield from _read_table(data / name)
    for name in _LISTS:
        yield from _read_list(data / name)
    yield from _read_json_lines(data / "01_raw/.collection/archive.jsonl")
    for path in sorted(data.glob("03_primary/**/*.source.json")):
        yield from _pick(_read_json(path), "content", "row")
    for path in sorted(data.glob("03_primary/**/*.film.json")):
        yield from _pick(_read_json(path), "content", "result")
    for pattern in _STORES:
        for path in sorted(data.glob(pattern)):
            yield from _read_store(path)
    for path in sorted(data.glob("09_release/*/release.json")):
        contents = _read_json(path)
        for name in ("films", "held"):
            yield from (row for row in contents.get(name, ()) if isinstance(row, dict))


def _read_store(path: Path) -> Iterator[Mapping[str, Any]]:
    """Give the films whose clips a store has votes or answers about, listed still or not."""
    for query in _CLIPS:
        try:
            with closing(open_quietly(path)) as connection:
                clips = [clip for (clip,) in connection.execute(query)]
        except sqlite3.Error:  # a store of the other kind, or no store
            continue
        names = find_film_ids(clip for clip in clips if isinstance(clip, str))
        yield from ({"film_id": name} for name in names)


def find_film_ids(clips: Iterable[str]) -> list[str]:
    """Return the ids of the films of some clips, sorted."""
    found = {_CLIP.fullmatch(clip) for clip in clips}
    return sorted({match[1] for match in found if match})


def _read_table(path: Path) -> Iterator[Mapping[str, Any]]:
    from libra_emo.common.integrity.parquet import read_parquet

    try:
        table = read_parquet(path)
    except (OSError, DamagedFileError):
        return
    columns = [name for names in _NAMES.values() for name in names if name in table]
    for row in table[columns].drop_duplicates().to_dict("records"):
        yield {str(name): value for name, value in row.items()}


def _read_list(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return
    yield from csv.DictReader(text.splitlines())


def _read_json_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _pick(content: Any, *names: str) -> Iterator[Mapping[str, Any]]:
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    if isinstance(content, dict):
        yield content


def _to_film(row: Mapping[str, Any]) -> KnownFilm:
    def find(names: tuple[str, ...]) -> str | None:
        values = (row.get(name) for name in names)
        return next((text for text in values if isinstance(text, str) and text.strip()), None)

    return KnownFilm(**{field: find(names) for field, names in _NAMES.items()})
