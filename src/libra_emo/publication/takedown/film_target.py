"""The target of a takedown of films: what names them, and what files are without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libra_emo.common.digests import digest_file
from libra_emo.common.takedowns.log import ADDRESS, AUTHOR, CONTENT
from libra_emo.publication.takedown.contents.archives import filter_tar
from libra_emo.publication.takedown.contents.databases import filter_database
from libra_emo.publication.takedown.contents.filtering import (
    filter_csv,
    filter_json,
    filter_lines,
    filter_parquet,
)
from libra_emo.publication.takedown.contents.search import names_film
from libra_emo.publication.takedown.needles import Needles

NO_CERTIFICATE: Final = "films were taken down after the labels were certified"
_WAYS: Final[Mapping[str, Callable[[Path, Path, Needles], int]]] = {
    "parquet": filter_parquet,
    "csv": filter_csv,
    "lines": filter_lines,
    "json": filter_json,
    "tar": filter_tar,
}


@dataclass(frozen=True)
class Target:
    """The films of a takedown.

    Attributes:
        needles: The texts that name them.
        films: Number of films.
        authors: The author, if the takedown is of all of somebody's films.
        files: The films' files below the project's data, with those beside them.
        noun: What messages call them.
        certificate: Why a certificate of a release does not hold any more.
        advice: What is to be done afterwards.
    """

    needles: Needles
    films: int
    authors: tuple[str, ...]
    files: tuple[Path, ...]
    noun: str = "the film"
    certificate: str = NO_CERTIFICATE
    advice: tuple[str, ...] = ()

    def names_file(self, path: Path, _place: Path) -> bool:
        """Return whether a file names one of the films."""
        return names_film(path, self.needles)

    def is_own(self, path: Path) -> bool:
        """Return whether a file is one of the films' files, or lies beside one and describes it."""
        return path in self.files

    def is_copy(self, path: Path) -> bool:
        """Return whether a file, where films may lie, is a film under another name."""
        try:
            return path.is_file() and digest_file(path) in self.needles.digests
        except OSError:
            return False

    def can_filter(self, way: str) -> bool:
        """Return whether rows can be left out of files of a kind."""
        return way == "database" or way in _WAYS

    def filter(self, way: str, path: Path, out: Path, is_trial: bool) -> Counter[str]:
        """Write a file without the films; return how many rows went, by table.

        Raises:
            CannotFilter: If it has no rows that could be left out.
        """
        if way == "database":
            return filter_database(path, out, self.needles, is_trial)
        return Counter({"": _WAYS[way](path, out, self.needles)})

    def leave_out(self, tables: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
        """Return the tables of a release without the films, and the films' ids."""
        gone = {name for name in tables["films"]["film_id"] if self.needles.in_text(name)}
        kept = {name: table[~table["film_id"].isin(gone)] for name, table in tables.items()}
        return kept, gone

    def digest_values(self) -> dict[str, tuple[str, ...]]:
        """Return what the log keeps salted digests of."""
        return {
            CONTENT: self.needles.digests,
            ADDRESS: self.needles.addresses,
            AUTHOR: self.authors,
        }
