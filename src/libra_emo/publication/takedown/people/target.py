"""The target of a withdrawal: a person's rows in all files, and what is made without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libra_emo.common.takedowns.log import PERSON
from libra_emo.publication.takedown.contents.filtering import CannotFilter
from libra_emo.publication.takedown.people.databases import filter_database
from libra_emo.publication.takedown.people.person import Person
from libra_emo.publication.takedown.people.search import NAMING, find_layer, names_person
from libra_emo.publication.takedown.people.tables import (
    filter_csv,
    filter_json,
    filter_lines,
    filter_parquet,
    read_text,
    split_rows,
)

WITHDRAWN_CERTIFICATE: Final = "an annotator withdrew after the labels were certified"
_LISTS: Final = (".csv", ".tsv")
_WAYS: Final[Mapping[str, Callable[[Path, Path, Person, bool], int]]] = {
    "parquet": filter_parquet,
    "csv": filter_csv,
    "lines": filter_lines,
    "json": filter_json,
}


@dataclass(frozen=True)
class PersonTarget:
    """A person who withdraws, as the target of a takedown.

    Attributes:
        needles: The person.
        project: Folder of the project.
        advice: What is to be done afterwards.
        noun: What messages call the person.
        certificate: Why a certificate of a release does not hold any more.
    """

    needles: Person
    project: Path
    advice: tuple[str, ...] = ()
    noun: str = "the person"
    certificate: str = WITHDRAWN_CERTIFICATE

    def names_file(self, path: Path, place: Path) -> bool:
        """Return whether a file names the person."""
        return names_person(path, self.needles, self.project, place)

    def is_copy(self, _path: Path) -> bool:
        """Return whether a file is a film of the target: never."""
        return False

    def is_own(self, path: Path) -> bool:
        """Return whether a file is a list of the person's own, as `kedro export-queue` names it."""
        if find_layer(path, self.project) != "01_raw" or path.suffix.lower() not in _LISTS:
            return False
        ends = [f"_{_file_name(name)}" for name in self.needles.names]
        longer = [f"_{_file_name(name)}" for name in self.needles.others]
        own = max((len(end) for end in ends if path.stem.endswith(end)), default=0)
        other = max((len(end) for end in longer if path.stem.endswith(end)), default=0)
        return own > other and self._is_of_nobody_else(path)

    def can_filter(self, way: str) -> bool:
        """Return whether rows can be left out of files of a kind."""
        return way == "database" or way in _WAYS

    def filter(self, way: str, path: Path, out: Path, is_trial: bool) -> Counter[str]:
        """Write a file without the person; return how many rows went, by table.

        Raises:
            CannotFilter: If it has no rows that could be left out.
        """
        if way == "database":
            return filter_database(path, out, self.needles, is_trial)
        layer = find_layer(path, self.project)
        return Counter({"": _WAYS[way](path, out, self.needles, layer in NAMING)})

    def leave_out(self, tables: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
        """Return the tables of a release without the person's votes; no film goes."""
        kept = {}
        for name, table in tables.items():
            texts = table.select_dtypes(include=["object", "string"])
            own = texts.isin(self.needles.tokens).any(axis=1) if len(texts.columns) else None
            kept[name] = table if own is None else table[~own]
        return kept, set()

    def digest_values(self) -> dict[str, tuple[str, ...]]:
        """Return what the log keeps salted digests of."""
        values = {*self.needles.keys, *self.needles.tokens}
        return {PERSON: tuple(sorted(value for value in values if value))}

    def _is_of_nobody_else(self, path: Path) -> bool:
        try:
            rows = split_rows(read_text(path.read_bytes())[0])
        except CannotFilter:
            return True
        named = {cell.strip() for row, *_ in rows for cell in row}
        return not named.intersection(self.needles.others)


def _file_name(name: str) -> str:
    return "".join(character if character.isalnum() else "_" for character in name)
