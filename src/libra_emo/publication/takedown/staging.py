"""The staging of a takedown: every new file is written beside and searched, then all are swapped.

Until the journal is written nothing of the project has changed. From then on the takedown is
carried out, by whichever command comes next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from libra_emo.common.files import write_text
from libra_emo.common.integrity.beside import checksum_beside
from libra_emo.common.integrity.checksums import checksum_file
from libra_emo.common.takedowns.journal import Step
from libra_emo.publication.takedown.contents.archives import filter_tar
from libra_emo.publication.takedown.contents.databases import filter_database
from libra_emo.publication.takedown.contents.filtering import (
    CannotFilter,
    filter_csv,
    filter_json,
    filter_lines,
    filter_parquet,
)
from libra_emo.publication.takedown.contents.search import names_film
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.needles import Needles
from libra_emo.publication.takedown.plan import RAW, Plan

_WAYS: Final[dict[str, Callable[[Path, Path, Needles], int]]] = {
    "parquet": filter_parquet,
    "csv": filter_csv,
    "lines": filter_lines,
    "json": filter_json,
    "tar": filter_tar,
}


@dataclass
class Staging:
    """Files that were written beside, and the steps that bring them to their places.

    Attributes:
        project: Folder of the project.
        folder: Folder of the staged files.
        is_trial: Whether rows are only counted, so that the project's files are just read.
        steps: Steps so far.
    """

    project: Path
    folder: Path
    is_trial: bool = False
    steps: list[Step] = field(default_factory=list)

    def stage(self, plan: Plan, needles: Needles) -> None:
        """Write the filtered files of a plan, and count their rows in the plan.

        A file without rows that could be left out goes as a whole.

        Raises:
            TakedownError: If a file of the user has no such rows, or a staged file still names a
                film.
        """
        for name, way in list(plan.filtered.items()):
            try:
                plan.rows += self._filter(name, way, needles)
            except CannotFilter as error:
                del plan.filtered[name]
                _give_up(plan, name, str(error))
        if plan.blocked:
            raise TakedownError(
                f"{', '.join(plan.blocked)}: names the film and is a file of yours that has no "
                "rows; edit or move it, and start again. Nothing was changed"
            )
        self.steps += [Step(name) for name in [*plan.removed, *plan.models, *plan.releases]]
        for name in plan.removed:
            self._remove_beside(name)

    def add(self, place: str, write: Callable[[Path], object]) -> None:
        """Stage a file or folder that is new or replaces another one.

        Args:
            place: Its place, relative to the project's folder.
            write: Writes it to the path that it is called with.
        """
        staged = str(len(self.steps))
        write(self.folder / staged)
        self.steps.append(Step(place, staged))

    def _filter(self, name: str, way: str, needles: Needles) -> Counter[str]:
        path, staged = self.project / name, str(len(self.steps))
        out = self.folder / staged
        if way == "database":
            found = filter_database(path, out, needles, self.is_trial)
            removed = Counter({f"{name}, {table}": rows for table, rows in found.items()})
        else:
            removed = Counter({name: _WAYS[way](path, out, needles)})
        if names_film(out, needles):
            raise TakedownError(
                f"{name}: still names the film after its rows were left out; edit the file, and "
                "start again. Nothing was changed"
            )
        self.steps.append(Step(name, staged))
        self._renew_beside(path, out)
        return removed

    def _renew_beside(self, path: Path, out: Path) -> None:
        """Stage the checksum that lies beside a file, as that of the new content."""
        beside = checksum_beside(path)
        if beside.is_file():
            now = checksum_file(out)
            place = beside.relative_to(self.project).as_posix()
            self.add(place, lambda part: write_text(part, f"{now} {now}\n"))
        total = path.with_name(f".{path.name}.sum")
        if total.is_file():
            self.steps.append(Step(total.relative_to(self.project).as_posix()))

    def _remove_beside(self, name: str) -> None:
        beside = checksum_beside(self.project / name)
        if beside.is_file():
            self.steps.append(Step(beside.relative_to(self.project).as_posix()))


def _give_up(plan: Plan, name: str, reason: str) -> None:
    if name.startswith(f"data/{RAW}/"):
        plan.blocked.append(f"{name} ({reason})")
    else:
        plan.removed.append(name)
        plan.removed.sort()
