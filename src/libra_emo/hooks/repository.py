"""The project's DVC repository: which stages a run completed, and which are out of date."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dvc.repo import Repo
    from dvc.stage import Stage

logger = logging.getLogger(__name__)


def record(ran: set[Path], done: set[Path], project: Path) -> list[str]:
    """Commit to DVC every stage of which all outputs are done and some were made just now.

    Where there is no repository, or it is busy, one line in the log says so.

    Args:
        ran: Files that this run wrote.
        done: Files that this run wrote or found done.
        project: The project's folder.

    Returns:
        The names of the stages.
    """
    repository = open_repository(project, without_git=True)
    if repository is None:
        return []
    # DVC's names of stages hang on the working directory
    with contextlib.chdir(project), repository:
        stages = [stage for stage in repository.index.stages if _is_made(stage, ran, done)]
        return [stage.addressing for stage in stages if _commit(repository, stage)]


def list_stages(project: Path) -> list[str]:
    """Return the names of the stages of dvc.yaml; none without a repository."""
    repository = open_repository(project, without_git=True)
    if repository is None:
        return []
    with contextlib.chdir(project), repository:
        return [str(stage.addressing).rsplit(":", 1)[-1] for stage in repository.index.stages]


def stale_outputs(project: Path, made: set[Path]) -> set[Path]:
    """Return the outputs of all stages that are out of date, and of those that rest on them.

    What a run has just made is up to date, and so is whatever it rests on, since the run took that
    as it is. Without a repository nothing is known to be stale.

    Args:
        project: The project's folder.
        made: Files that this run wrote.
    """
    repository = open_repository(project, without_git=True)
    if repository is None:
        return set()
    with contextlib.chdir(project), repository:
        changed = set(repository.status())
        # an edge leads from a stage to what it depends on
        graph = repository.index.graph
        taken = _reach([stage for stage in graph if _is_among(stage, made)], graph.successors)
        first = [s for s in graph if s.addressing in changed and s not in taken]
        stale = _reach(first, graph.predecessors)
        return {Path(output.fs_path) for stage in stale for output in stage.outs}


def _reach(stages: list[Stage], step: Callable[[Stage], Iterable[Stage]]) -> set[Stage]:
    """Return the stages, and all that steps lead to from them."""
    reached: set[Stage] = set()
    while stages:
        stage = stages.pop()
        if stage not in reached:
            reached.add(stage)
            stages.extend(step(stage))
    return reached


def _is_among(stage: Stage, made: set[Path]) -> bool:
    return any(_holds(Path(output.fs_path), made) for output in stage.outs)


def open_repository(project: Path, without_git: bool = False) -> Repo | None:
    """Return the project's repository; None if there is none, or DVC is not installed.

    Args:
        project: The project's folder.
        without_git: Whether a project that Git does not hold is one too.
    """
    try:
        from dvc.exceptions import DvcException
        from dvc.repo import Repo
    except ImportError:
        logger.info("dvc is not installed, so nothing is recorded")
        return None
    # importing DVC has just set its logger to report every file
    logging.getLogger("dvc").setLevel(logging.ERROR)
    try:
        # with git, DVC would write into `.gitignore` files what the project's own lists
        return Repo(str(project), config={"core": {"no_scm": True}} if without_git else None)
    except DvcException as error:
        logger.debug("no DVC repository: %s", error)
        return None


def _is_made(stage: Stage, ran: set[Path], done: set[Path]) -> bool:
    outputs = [Path(output.fs_path) for output in stage.outs]
    return (
        any(_holds(output, ran) for output in outputs)
        and all(_holds(output, done) for output in outputs)
        and all(output.exists() for output in outputs)
    )


def _holds(output: Path, made: set[Path]) -> bool:
    return any(path == output or output in path.parents for path in made)


def _commit(repository: Repo, stage: Stage) -> bool:
    from dvc.exceptions import DvcException

    try:
        repository.commit(stage.addressing, force=True)
    except DvcException as error:
        logger.warning(
            "DVC could not record %s (%s); `dvc commit -f %s` does it later",
            stage.addressing,
            error,
            stage.addressing,
        )
        return False
    return True
