"""The journal of a takedown: what is replaced and removed, written before the first change.

All new files lie ready beside when the journal is written. Before that a kill changes nothing;
after it the next command ends what was begun, with the same bytes.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from libra_emo.common.files import new_file, sync_folder, write_json
from libra_emo.common.takedowns.store_changes import apply_changes, read_changes

STAGING: Final = Path("data/.takedown")
JOURNAL: Final = "journal.json"


@dataclass(frozen=True)
class Step:
    """A change of one file or folder.

    Attributes:
        place: Its path, relative to the project's folder; for a store, what messages call it.
        staged: Name of what replaces it, in the folder of staged files; None if it is removed.
        is_store: Whether what is staged are changes of a store (`store_changes`).
    """

    place: str
    staged: str | None = None
    is_store: bool = False


def write_journal(project: Path, steps: Iterable[Step]) -> None:
    """Write the journal: from here on the takedown is carried out, whoever ends it."""
    write_json(project / STAGING / JOURNAL, [asdict(step) for step in steps])


def has_journal(project: Path) -> bool:
    """Return whether a takedown was begun and not ended."""
    return (project / STAGING / JOURNAL).is_file()


def finish_takedown(project: Path, before_step: Callable[[int], None] | None = None) -> bool:
    """Carry out the steps of a journal, if there is one; return whether there was.

    Each step may be done again.

    Args:
        project: Folder of the project.
        before_step: Called with the number of each step; for tests.

    Raises:
        StoreChangeError: If a store cannot be reached; the next call goes on there.
    """
    folder = project / STAGING
    if not has_journal(project):
        return False
    steps = [Step(**step) for step in json.loads((folder / JOURNAL).read_text("utf-8"))]
    for number, step in enumerate(steps):
        if before_step is not None:
            before_step(number)
        _carry_out(project, folder, step)
    for place in {(project / step.place).parent for step in steps if not step.is_store}:
        if place.is_dir():
            sync_folder(place)
    clear_staging(project)
    return True


def clear_staging(project: Path) -> None:
    """Remove what was staged; the journal goes last, and with it the names in it."""
    folder = project / STAGING
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name != JOURNAL:
            _remove(path)
    (folder / JOURNAL).unlink(missing_ok=True)
    folder.rmdir()


def _carry_out(project: Path, folder: Path, step: Step) -> None:
    target = project / step.place
    if step.staged is None:
        _remove(target)
        return
    staged = folder / step.staged
    if not staged.exists():  # it was moved before a kill
        return
    if step.is_store:
        apply_changes(project, read_changes(staged))
        staged.unlink()
        return
    _remove_logs(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    if staged.is_dir() and target.exists():
        _remove(target)
    try:
        os.replace(staged, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_to_other_disk(staged, target)


def _copy_to_other_disk(staged: Path, target: Path) -> None:
    if staged.is_dir():
        shutil.copytree(staged, target, dirs_exist_ok=True)
    else:
        with new_file(target) as part:
            shutil.copyfile(staged, part)
    _remove(staged)


def _remove_logs(target: Path) -> None:
    """Remove the empty logs of a database, which must not be taken for those of the new one."""
    for ending in ("-wal", "-shm", "-journal"):
        target.with_name(target.name + ending).unlink(missing_ok=True)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
