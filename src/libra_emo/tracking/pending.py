"""Figures that MLflow did not take, kept until a later run or command hands them over."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from libra_emo.common.files import new_folder
from libra_emo.common.integrity.beside import new_checked_file, read_checked
from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.tracking.connection.store import git_state
from libra_emo.tracking.loop import Loop
from libra_emo.tracking.runs import REPORTS, Ending, log_loop

PENDING: Final = Path("data/mlflow/pending")
FILE: Final = "loop.json"
_LOOP: Final = TypeAdapter(Loop)
_UNREADABLE: Final = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    ValidationError,
    DamagedFileError,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pending:
    """A loop that waits for MLflow.

    Attributes:
        loop: The loop; its reports are copies in `folder`.
        ending: How its Kedro run ended.
        tags: State of git at that time.
        folder: Where it is kept.
    """

    loop: Loop
    ending: Ending
    tags: dict[str, str]
    folder: Path


def keep_loop(loop: Loop, ending: Ending, project: Path) -> Path:
    """Keep a loop with copies of its reports, in place of what was kept of it before.

    Returns:
        The folder where it is kept.
    """
    folder = project / PENDING / loop.key.digest
    with new_folder(folder) as part:
        for path in loop.reports:
            place = part / REPORTS / path.relative_to(project / REPORTS)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        points = [[name, step, value] for (name, step), value in loop.points.items()]
        reports = [path.relative_to(project / REPORTS).as_posix() for path in loop.reports]
        content = asdict(replace(loop, points={}, reports=[]))
        kept = {"loop": content, "points": points, "reports": reports}
        whole = {**kept, "ending": ending, "tags": git_state(project)}
        with new_checked_file(part / FILE) as file:
            file.write_text(json.dumps(whole, default=str, indent=1), encoding="utf-8")
    return folder


def find_pending(project: Path) -> list[Pending]:
    """Return the loops that wait, sorted by their digests; unreadable ones are logged."""
    found = []
    for path in sorted((project / PENDING).glob(f"[!.]*/{FILE}")):
        try:
            found.append(_read(path))
        except _UNREADABLE as error:
            logger.warning("%s: these figures cannot be read: %s", path.parent, error)
    return found


def hand_over(settings: dict[str, Any], project: Path) -> int:
    """Log the loops that wait, and return how many there were.

    A loop that was handed over before its folder was removed is logged again: what MLflow has
    already is not logged twice.

    Args:
        settings: Values of `mlflow.yml`.
        project: Folder of the project.

    Raises:
        TrackingServerAwayError: If the server is away; what waits goes on waiting.
    """
    waiting = find_pending(project)
    for pending in waiting:
        log_loop(
            pending.loop, pending.ending, settings, project, pending.folder / REPORTS, pending.tags
        )
        shutil.rmtree(pending.folder)
    return len(waiting)


def log_or_keep(loop: Loop, ending: Ending, settings: dict[str, Any], project: Path) -> None:
    """Log what waits and then a loop; where MLflow does not take it, keep it and say so."""
    try:
        hand_over(settings, project)
        log_loop(loop, ending, settings, project)
    except Exception as error:
        logger.debug("MLflow", exc_info=True)
        folder = keep_loop(loop, ending, project)
        logger.warning(
            "this run was not logged in MLflow: %s; its figures are kept in %s, and the next run "
            "or `kedro runs --hand-over` hands them over",
            error,
            folder.relative_to(project),
        )


def _read(path: Path) -> Pending:
    content = json.loads(read_checked(path))
    loop = _LOOP.validate_python({**content["loop"], "points": {}, "reports": []})
    points = {(str(name), int(step)): float(value) for name, step, value in content["points"]}
    reports = [path.parent / REPORTS / name for name in content["reports"]]
    whole = replace(loop, points=points, reports=reports)
    return Pending(whole, content["ending"], content["tags"], path.parent)
