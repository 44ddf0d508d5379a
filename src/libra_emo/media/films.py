"""The films: where they lie, what is said of them, and what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.media.frames import FilmReader, UnreadableFilm
from libra_emo.media.sidecars import find_subtitle, read_sidecar
from libra_emo.schemas import Sources, check, empty

FILM_ENDINGS = frozenset({".mp4", ".mkv", ".webm", ".avi", ".mov", ".flv"})
FACTS = ("title", "url", "author", "license", "theme", "language")
_BLOCK_BYTES = 1 << 20
_MAX_SLUG = 48


class FilmsError(LibraEmoError):
    """The place that the parameter `films` names holds no films that can be listed."""


@dataclass(frozen=True)
class Film:
    """A film's file, and what a manifest says of it.

    Attributes:
        path: The file; it need not be readable, nor there.
        facts: Of `title`, `url`, `author`, `license`, `theme` and `language` those that are given.
    """

    path: Path
    facts: dict[str, str] = field(default_factory=dict)


def find_films(films: str) -> list[Film]:
    """Return the films of a folder and its subfolders, or of a manifest, sorted by path.

    Hidden files and folders are left out. A path in a manifest counts from the manifest's folder.

    Args:
        films: A folder, or a CSV or Parquet file with a column `path` and, where known, `title`,
            `url`, `author`, `license`, `theme` and `language`.

    Raises:
        FilmsError: If it is neither, or the manifest cannot be read.
    """
    place = Path(films)
    if place.is_dir():
        found = [Film(path) for path in place.rglob("*") if _is_film(path, place)]
    elif place.is_file() and place.suffix.lower() in (".csv", ".parquet"):
        found = _read_manifest(place)
    else:
        raise FilmsError(
            f"films: {films}: there is no such folder, and no manifest (.csv or .parquet) of "
            "that name; set the parameter `films`"
        )
    return sorted(found, key=lambda film: film.path.as_posix())


def describe_film(film: Film) -> dict[str, Any]:
    """Return a film's row of the sources, with its paths as they were found.

    What the manifest says of it comes before what its sidecar says. A film that cannot be read
    has no duration, size and rate; its reason comes up when it is to be cut.
    """
    sidecar = read_sidecar(film.path)
    facts = {name: film.facts.get(name) or sidecar.get(name) for name in FACTS}
    subtitle, language = find_subtitle(film.path, facts["language"])
    digest = _digest(film.path)
    return {
        "source_id": _name_source(film.path, digest),
        "video_path": film.path.as_posix(),
        "subtitle_path": subtitle.as_posix() if subtitle else None,
        "sha256": digest,
        **facts,
        "language": facts["language"] or language,
        **_probe(film.path),
    }


def tabulate_sources(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the sources as a table (schemas.Sources) with an id of its own for each film.

    Films of one name and content, in different folders, get `-2`, `-3` … behind their id.
    """
    table = pd.DataFrame(list(rows))
    if table.empty:
        return empty(Sources)
    table = table.sort_values(["source_id", "video_path"])
    number = table.groupby("source_id").cumcount()
    suffix = number.map(lambda count: f"-{count + 1}" if count else "")
    table["source_id"] = table["source_id"] + suffix
    checked = check(table, Sources)
    return checked.sort_values("source_id", ignore_index=True)


def describe_films(films: Iterable[Film]) -> pd.DataFrame:
    """Return the sources table of some films, looked at one after the other."""
    return tabulate_sources(describe_film(film) for film in films)


def source_id_of(path: Path) -> str:
    """Return a film's id: a slug of its name, and eight hexadecimal digits of its content."""
    return _name_source(path, _digest(path))


def make_slug(name: str) -> str:
    """Return a name in small Latin letters, digits and dashes; `film` when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_SLUG].strip("-") or "film"


def _is_film(path: Path, place: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
    return path.suffix.lower() in FILM_ENDINGS and not hidden and not path.is_dir()


def _name_source(path: Path, digest: str) -> str:
    return f"{make_slug(path.stem)}-{digest[:8]}"


def _read_manifest(place: Path) -> list[Film]:
    try:
        if place.suffix.lower() == ".parquet":
            table = pd.read_parquet(place)
        else:
            table = pd.read_csv(place, dtype=str)
    except (OSError, ValueError) as error:
        raise FilmsError(f"films: {place}: the manifest cannot be read: {error}") from error
    if "path" not in table.columns:
        raise FilmsError(f"films: {place}: the manifest has no column `path`")
    if table["path"].isna().any():
        first = int(table["path"].isna().to_numpy().argmax()) + 1
        raise FilmsError(f"films: {place}: row {first} of the manifest has no path")
    films = []
    for row in table.drop_duplicates("path").to_dict("records"):
        facts = {name: str(row[name]) for name in FACTS if not pd.isna(row.get(name))}
        films.append(Film(place.parent / str(row["path"]), facts))
    return films


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, or of its name where it cannot be read."""
    digest = sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError:
        digest = sha256(path.name.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _probe(path: Path) -> dict[str, Any]:
    nothing = {"duration_s": None, "width": None, "height": None, "fps": None}
    try:
        with FilmReader(path) as reader:
            width, height = reader.size
            if width <= 0 or height <= 0:
                return nothing
            return {
                "duration_s": reader.read_duration_ms() / 1000,
                "width": width,
                "height": height,
                "fps": round(float(reader.rate), 3),
            }
    except UnreadableFilm:
        return nothing
