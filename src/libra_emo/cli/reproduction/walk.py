"""Walks the stages in their order: asks DVC which are stale, runs them, and records each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from libra_emo.cli.endings import user_error
from libra_emo.cli.reproduction.graph import name_of
from libra_emo.cli.reproduction.state import (
    StageState,
    commit_stage,
    find_owner,
    is_lost,
    missing_inputs,
    read_state,
    restore_outputs,
    restore_run,
)
from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    from dvc.output import Output
    from dvc.repo import Repo
    from dvc.stage import Stage

WAITING = 3


class InputsElsewhere(LibraEmoError):
    """A stage needs files that were made elsewhere and have not been pulled."""


class Waiting(LibraEmoError):
    """Stages wait for people; all that does not depend on them is done."""

    exit_code = WAITING


class Walk:
    """A walk over stages.

    Nothing is deleted before a stage runs: its nodes replace their outputs as they write them. A
    stage that waits for people stops what depends on it, and nothing else.

    Args:
        repository: The project's repository, open.
        stages: Stages to walk over, each after those that it depends on.
        run: Function that runs a stage's nodes.

    Attributes:
        restored: Outputs of earlier runs with the same inputs that were brought back.
    """

    def __init__(self, repository: Repo, stages: list[Stage], run: Callable[[Stage], None]) -> None:
        self._repository = repository
        self._stages = stages
        self._run = run
        self._root = Path(repository.root_dir)
        self._waiting: dict[Stage, str] = {}  # stage that waits, or depends on it → the message
        self._absent: dict[Stage, list[Output]] = {}
        self.restored: set[Path] = set()

    def plan(self) -> list[Stage]:
        """Return the stages that are to run, as far as is known before the first one has."""
        planned: list[Stage] = []
        with self._repository.lock:
            for stage in self._stages:
                after = set(planned).intersection(self._before(stage))
                state = read_state(stage, self._before(stage))
                lost = not self._has_remote() and any(map(is_lost, state.missing))
                if after or state.changed or lost:
                    planned.append(stage)
        return planned

    def go(self) -> None:
        """Run what is to run.

        Raises:
            Waiting: If a stage waits for people, after all that does not depend on it has run.
            InputsElsewhere: If a stage needs files that only a remote has.
            Exception: The error of a stage that failed.
        """
        for stage in self._stages:
            blocked = [each for each in self._before(stage) if each in self._waiting]
            if blocked:
                self._waiting[stage] = self._waiting[blocked[0]]
            else:
                self._visit(stage)
        for stage, outputs in self._absent.items():
            click.echo(
                f"{name_of(stage)}: {self._names(outputs)} not here, and not needed; "
                f"`dvc pull {name_of(stage)}` fetches what others have pushed"
            )
        if self._waiting:
            raise Waiting("\n".join(dict.fromkeys(self._waiting.values())))

    def _visit(self, stage: Stage) -> None:
        with self._repository.lock:
            state = read_state(stage, self._before(stage))
            if state.is_current or self._settle(stage, state):
                return
        click.echo(f"Running stage '{name_of(stage)}'")
        try:
            self._run(stage)
        except Exception as error:
            stop = user_error(error)
            if stop is None or stop.exit_code != WAITING:
                raise
            self._waiting[stage] = str(stop)
            return
        with self._repository.lock:
            commit_stage(stage)

    def _settle(self, stage: Stage, state: StageState) -> bool:
        """Return whether a stage need not run: what is missing was restored, or lies elsewhere."""
        if not state.changed:
            left = restore_outputs(state.missing)
            if not left:
                return True
            if self._has_remote():
                self._absent[stage] = left
                return True
        self._bring_inputs(stage)
        if restore_run(self._repository, stage):
            click.echo(f"Stage '{name_of(stage)}' ran with the same inputs before: restored")
            commit_stage(stage)
            self.restored.update(Path(output.fs_path) for output in stage.outs)
            return True
        return False

    def _bring_inputs(self, stage: Stage) -> None:
        """Bring the files that a stage needs back from the cache.

        Raises:
            InputsElsewhere: If DVC's cache does not have one of them.
        """
        for path in missing_inputs(stage):
            owner = find_owner(path, self._before(stage))
            left = restore_outputs(owner[1]) if owner else []
            if owner and left:
                maker = name_of(owner[0])
                raise InputsElsewhere(
                    f"{name_of(stage)} needs {self._names(left)} of {maker}, which {_are(left)} "
                    f"not here: run `dvc pull {maker}` first, then again"
                )

    def _has_remote(self) -> bool:
        return bool(self._repository.config["core"].get("remote"))

    def _before(self, stage: Stage) -> list[Stage]:
        return list(self._repository.index.graph.successors(stage))

    def _names(self, outputs: Iterable[Output]) -> str:
        paths = [Path(output.fs_path).relative_to(self._root).as_posix() for output in outputs]
        return ", ".join(paths)


def _are(items: list[Output]) -> str:
    return "is" if len(items) == 1 else "are"
