"""The search for a person in files of any kind.

Pseudonyms and ids of links are looked for in all bytes. A name is looked for in cells of tables and
stores, and in texts of places where people are named; in the words of films it means somebody else.
"""

from __future__ import annotations

import io
import sqlite3
import tarfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from libra_emo.publication.takedown.contents.filtering import CannotFilter
from libra_emo.publication.takedown.contents.search import (
    kind_of,
    names_film,
    open_quietly,
)
from libra_emo.publication.takedown.people.databases import names_in_database
from libra_emo.publication.takedown.people.person import Person
from libra_emo.publication.takedown.people.tables import (
    filter_csv,
    filter_json,
    filter_lines,
    filter_parquet,
)

LINES: Final = (".jsonl", ".jsonl.gz", ".ndjson")
TABLES: Final = (".csv", ".tsv")
# places whose plain texts name people; elsewhere texts are words of films or of models
NAMING: Final = ("01_raw", "04_feature", "07_model_output", "08_reporting", "mlflow")
# places that name no annotator: makers of the dataset in releases, words that students learned
NAMELESS: Final = ("09_release", "06_models")
WORDS: Final = ("films", ".collection")
CONVERSATIONS: Final = "conversations"
LARGEST_TEXT: Final = 1 << 28
_WAYS: Final = {
    "parquet": filter_parquet,
    "csv": filter_csv,
    "lines": filter_lines,
    "json": filter_json,
}


def find_layer(path: Path, project: Path) -> str:
    """Return the first folder of a file below `data`; empty for a file elsewhere."""
    inner = path.relative_to(project).parts if path.is_relative_to(project) else ()
    return inner[1] if len(inner) > 1 and inner[0] == "data" else ""


def names_person(path: Path, person: Person, project: Path, place: Path | None = None) -> bool:
    """Return whether a file names the person.

    Args:
        path: The file.
        person: The person.
        project: Folder of the project.
        place: Where the file belongs, if it lies elsewhere.

    Raises:
        OSError: If it cannot be read.
    """
    if person.tokens and names_film(path, person.needles):
        return True
    place = place or path
    layer = find_layer(place, project)
    if layer in NAMELESS or CONVERSATIONS in place.name or not person.names:
        return False
    return _names(path, kind_of(path), person, layer, place)


def _names(path: Path, kind: str, person: Person, layer: str, place: Path) -> bool:
    if kind == "sqlite":
        return _in_database(path, person)
    if kind == "parquet":
        return changes(path, kind, person, bool(layer))
    is_naming = layer in NAMING and not any(part in WORDS for part in place.parts)
    if kind in ("tar", "zip"):
        return is_naming and _in_members(path, kind, person)
    way = find_text_way(place) or (None if layer else guess_way(path))
    if way is not None:
        return changes(path, way, person, is_naming)
    return is_naming and kind == "plain" and _in_text(path, person)


def find_text_way(place: Path) -> str | None:
    """Return how rows are left out of a text by its name; None if it has no rows."""
    name = place.name.lower().removesuffix(".copy")
    if name.endswith(TABLES):
        return "csv"
    if name.endswith(LINES):
        return "lines"
    return "json" if name.endswith(".json") else None


def guess_way(path: Path) -> str | None:
    """Return what kind of rows a file without an ending has, as caches keep them; None if none."""
    with path.open("rb") as file:
        head = file.read(1 << 12)
    if b"\0" in head or not head:
        return None
    return "json" if head[:1] in (b"[", b"{") else "csv"


def changes(path: Path, way: str, person: Person, mentions: bool) -> bool:
    """Return whether a file of rows would be another one without the person."""
    with TemporaryDirectory() as folder:
        plain = Path(folder) / "without"
        nobody = Path(folder) / "same"
        try:
            _WAYS[way](path, nobody, Person(), mentions)
        except (CannotFilter, ValueError):
            return mentions and _in_text(path, person)
        try:
            _WAYS[way](path, plain, person, mentions)
        except CannotFilter:
            return True
        return plain.read_bytes() != nobody.read_bytes()


def _in_database(path: Path, person: Person) -> bool:
    try:
        with closing(open_quietly(path)) as connection:
            return names_in_database(connection, person)
    except sqlite3.Error:
        return False


def _in_text(path: Path, person: Person) -> bool:
    if path.stat().st_size > LARGEST_TEXT:
        return False
    return _names_text(path.read_bytes(), person)


def _names_text(content: bytes, person: Person) -> bool:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False  # pictures and sound have no names, and short ones by chance
    for name in ("utf-8", "utf-16", "gb18030"):
        try:
            return person.is_mentioned(content.decode(name))
        except UnicodeDecodeError:
            continue
    return False


def _in_members(path: Path, kind: str, person: Person) -> bool:
    """Return whether a member of an archive is a text that names the person."""
    content = path.read_bytes()
    try:
        if kind == "zip":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                return any(_names_text(packed.read(name), person) for name in packed.namelist())
        with tarfile.open(fileobj=io.BytesIO(content)) as members:
            files = [members.extractfile(member) for member in members if member.isfile()]
            return any(_names_text(file.read(), person) for file in files if file is not None)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError, ValueError):
        return False
