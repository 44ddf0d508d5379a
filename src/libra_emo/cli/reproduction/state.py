"""What DVC knows about a stage: whether it must run, and which of its files are not here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.configuration.lock_file import write_stage
from libra_emo.configuration.snapshot import plain

if TYPE_CHECKING:
    from dvc.output import Output
    from dvc.repo import Repo
    from dvc.stage import Stage


@dataclass(frozen=True)
class StageState:
    """The state of a stage before it is run.

    Attributes:
        changed: Whether its command, code, parameters, data or outputs differ from the recorded.
        missing: Recorded outputs that are not here, or not in DVC's cache.
    """

    changed: bool
    missing: tuple[Output, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        return not self.changed and not self.missing


def read_state(stage: Stage, before: Collection[Stage]) -> StageState:
    """Return the state of a stage.

    A file that is missing counts as it was recorded: a clone need not have all files.

    Args:
        stage: The stage.
        before: Stages that it depends on.
    """
    if stage.frozen:
        return StageState(changed=False)
    recorded = any(output.hash_info for output in stage.outs)
    if (
        not recorded
        or stage.changed_stage()
        or stage.changed_deps(allow_missing=True, upstream=list(before))
    ):
        return StageState(changed=True)
    here = [output for output in stage.outs if output.exists]
    if any(output.workspace_status() for output in here):
        return StageState(changed=True)
    uncached = [output for output in here if output.use_cache and output.changed_cache()]
    absent = [output for output in stage.outs if not output.exists]
    return StageState(changed=False, missing=(*absent, *uncached))


def is_lost(output: Output) -> bool:
    """Return whether neither the project nor DVC's cache has an output."""
    return not output.exists and (not output.use_cache or output.changed_cache())


def restore_outputs(outputs: Iterable[Output]) -> list[Output]:
    """Bring outputs back from DVC's cache; return those that it does not have."""
    left = []
    for output in outputs:
        if output.exists:
            output.commit()  # the cache has lost it, the project has not
        elif is_lost(output):
            left.append(output)
        else:
            output.checkout(force=True)
    return left


def restore_run(repository: Repo, stage: Stage) -> bool:
    """Return whether the outputs of an earlier run with the same inputs were brought back.

    They replace those that are there, which belong to other inputs. Files that DVC's cache does not
    have, such as those of a killed run, are never replaced by others from the cache.
    """
    from dvc.dependency.base import DependencyDoesNotExistError
    from dvc.exceptions import CheckoutError, ConfirmRemoveError
    from dvc.stage.cache import RunCacheNotFoundError

    try:
        repository.stage_cache.restore(stage)
    except (
        RunCacheNotFoundError,
        DependencyDoesNotExistError,
        CheckoutError,
        ConfirmRemoveError,
    ):
        return False
    return True


def commit_stage(stage: Stage) -> None:
    """Record a stage that has just run, as `dvc repro` does."""
    from dvc.stage.serialize import to_lockfile

    outputs: Iterable[Any] = stage.outs
    uncached = any(not out.use_cache and not (out.is_metric or out.is_plot) for out in outputs)
    stage.save(run_cache=not uncached)
    stage.commit()
    for name, entry in to_lockfile(stage).items():
        write_stage(name, plain(entry), Path(stage.repo.root_dir))


def missing_inputs(stage: Stage) -> list[Path]:
    """Return the files that a stage depends on and that are not here."""
    return [Path(dep.fs_path) for dep in stage.deps if not dep.exists]


def find_owner(path: Path, stages: Iterable[Stage]) -> tuple[Stage, list[Output]] | None:
    """Return the stage that makes a file or folder, with its outputs there; None if none does."""
    for stage in stages:
        found = [out for out in stage.outs if _overlap(Path(out.fs_path), path)]
        if found:
            return stage, found
    return None


def _overlap(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents
