"""The stages of dvc.yaml: their names, those that are asked for, and their order."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from libra_emo.errors import LibraEmoError
from libra_emo.hooks.repository import open_repository

if TYPE_CHECKING:
    from dvc.fs import FileSystem
    from dvc.repo import Repo
    from dvc.stage import Stage


class NoRepository(LibraEmoError):
    """There is no DVC repository to ask, or it has no stage of that name."""


def open_project(project: Path, snapshot: Mapping[str, Any] | None = None) -> Repo:
    """Return the project's repository, without git: nothing is written into `.gitignore` files.

    Args:
        project: The project's folder.
        snapshot: Configuration that is read instead of the snapshot file, which stays as it is.

    Raises:
        NoRepository: If there is none, or dvc.yaml cannot be read.
    """
    from dvc.exceptions import DvcException

    repository = open_repository(project, without_git=True)
    if repository is None:
        raise NoRepository("there is no DVC repository here: run `dvc init` first")
    if snapshot is not None:
        from libra_emo.configuration.snapshot import SNAPSHOT_FILE, plain

        text = yaml.safe_dump(plain(dict(snapshot)), sort_keys=True)
        repository.fs = _files_with(project / SNAPSHOT_FILE, text)
    try:
        with contextlib.chdir(project):
            repository.index.graph  # noqa: B018 - it is built once
    except DvcException as error:
        raise NoRepository(" ".join(str(error).split())) from error
    return repository


def _files_with(path: Path, text: str) -> FileSystem:
    """Return DVC's view of the files of this machine, with another text in one of them."""
    from dvc.fs import LocalFileSystem

    class Files(LocalFileSystem):  # type: ignore[misc]
        def exists(self, place: Any, *args: Any, **options: Any) -> Any:
            return _is(place) or super().exists(place, *args, **options)

        def open(self, place: Any, *args: Any, **options: Any) -> Any:
            return io.StringIO(text) if _is(place) else super().open(place, *args, **options)

    def _is(place: Any) -> bool:
        return isinstance(place, str) and Path(os.path.abspath(place)) == path

    return Files()


def name_of(stage: Stage) -> str:
    """Return the name of a stage as it stands in dvc.yaml, such as `label_round@1`."""
    return str(stage.addressing).rsplit(":", 1)[-1]


def order_stages(repository: Repo, names: Collection[str]) -> list[Stage]:
    """Return the stages of some names and all that they depend on, each after its dependencies.

    Args:
        repository: The project's repository.
        names: Names of stages; all stages if there are none. A name without a round means all its
            rounds.

    Raises:
        NoRepository: If there is no stage of such a name.
    """
    before = repository.index.graph.successors
    ordered = _in_order(_wanted(repository.index.stages, names), before)
    return [stage for stage in ordered if stage.cmd]


def _wanted(stages: Iterable[Stage], names: Collection[str]) -> list[Stage]:
    listed = [stage for stage in stages if stage.cmd]  # not files that are only recorded
    known = {name_of(stage) for stage in listed}
    for name in names:
        if name not in known | {each.partition("@")[0] for each in known}:
            raise NoRepository(f"dvc.yaml has no stage {name}; it has {', '.join(sorted(known))}")
    named = {stage: {name_of(stage), name_of(stage).partition("@")[0]} for stage in listed}
    return [stage for stage in listed if not names or named[stage].intersection(names)]


def _in_order(stages: Iterable[Stage], before: Callable[[Stage], Iterable[Stage]]) -> list[Stage]:
    """Return stages and all that they rest on, each after what it rests on."""
    ordered: dict[Stage, None] = {}

    def visit(stage: Stage) -> None:
        if stage not in ordered:
            for each in sorted(before(stage), key=name_of):
                visit(each)
            ordered[stage] = None

    for stage in stages:
        visit(stage)
    return list(ordered)
