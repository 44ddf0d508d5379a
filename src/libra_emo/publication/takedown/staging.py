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
from libra_emo.publication.takedown.contents.filtering import CannotFilter
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.film_target import Target
from libra_emo.publication.takedown.people.target import PersonTarget
from libra_emo.publication.takedown.plan import RAW, Plan
from libra_emo.publication.takedown.remote_changes import find_changes

STORE: Final = "store-"  # names of staged changes of stores


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

    def stage(self, plan: Plan, target: Target | PersonTarget) -> None:
        """Write the filtered files of a plan, and count their rows in the plan.

        A file without rows that could be left out goes as a whole.

        Raises:
            TakedownError: If a file of the user has no such rows, or a staged file still names a
                film.
        """
        for name, way in list(plan.filtered.items()):
            try:
                plan.rows += self._filter(name, way, target)
            except CannotFilter as error:
                del plan.filtered[name]
                _give_up(plan, name, str(error))
        if plan.blocked:
            raise TakedownError(
                f"{', '.join(plan.blocked)}: names {target.noun} and is a file of yours that has "
                "no rows; edit or move it, and start again. Nothing was changed"
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

    def add_stores(self, plan: Plan, target: Target | PersonTarget) -> None:
        """Stage the changes of stores that are no files below `data`; they are made first.

        Raises:
            TakedownError: If a store cannot be reached.
        """
        steps = []
        for number, (changes, rows) in enumerate(find_changes(self.project, target.needles)):
            plan.rows += rows
            name = f"{STORE}{number}.json"
            changes.write(self.folder / name)
            steps.append(Step(str(changes.place), name, is_store=True))
        self.steps = [*steps, *self.steps]

    def _filter(self, name: str, way: str, target: Target | PersonTarget) -> Counter[str]:
        path, staged = self.project / name, str(len(self.steps))
        out = self.folder / staged
        found = target.filter(way, path, out, self.is_trial)
        removed = Counter(
            {f"{name}, {table}" if table else name: rows for table, rows in found.items()}
        )
        if target.names_file(out, path):
            raise TakedownError(
                f"{name}: still names {target.noun} after its rows were left out; edit the file, "
                "and start again. Nothing was changed"
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
