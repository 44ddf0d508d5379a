"""`kedro reproduce`: redoes what is missing or stale, through DVC, with any configuration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from libra_emo.cli.endings import ENDING_FILE, OneLine, one_line_errors, read_ending
from libra_emo.cli.run import RUN_PARAMETERS
from libra_emo.cli.session import configured, open_context
from libra_emo.cli.summary import show_summary
from libra_emo.configuration.loader import ConfigurationError
from libra_emo.configuration.project_lock import lock_project

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext


@click.command()
@click.argument("stages", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Only list which stages would run, and why.")
@configured
@click.pass_obj
@one_line_errors
def reproduce(
    metadata: Any,
    stages: tuple[str, ...],
    dry_run: bool,
    env: str | None,
    params: dict[str, Any],
) -> None:
    """Run the stages of dvc.yaml that are missing or stale: the named STAGES, or all."""
    project = metadata.project_path
    os.chdir(project)
    environment = env or os.environ.get("KEDRO_ENV")
    with open_context(project, environment, params) as context:
        if dry_run:
            _list_stale(context, stages)
            return
        _refuse_training_dry_run(context)
        with lock_project(project, "kedro reproduce"):
            _set_damaged_aside(context)
            _write_configuration(context)
            failure = _run_stages(stages, environment, params, project)
            _log_to_mlflow(context, failure)
        if failure is not None:
            raise failure
        show_summary(context.catalog, project)


def _list_stale(context: KedroContext, names: tuple[str, ...]) -> None:
    from libra_emo.cli.dry_run import list_stale
    from libra_emo.configuration.snapshot import take_snapshot
    from libra_emo.configuration.stages import digest_parts

    project, parameters = context.project_path, context.config_loader["parameters"]
    stages = _digest_stages(context)
    code = digest_parts(stages)
    snapshot = take_snapshot(parameters, context.catalog, project, code, remember=False)
    stale = list_stale(names, snapshot, stages, project)
    for name, reason in stale:
        click.echo(f"{name}: {reason}")
    if not stale:
        click.echo("nothing is missing or stale", err=True)


def _set_damaged_aside(context: KedroContext) -> None:
    from libra_emo.configuration.registry import whole_pipeline
    from libra_emo.hooks.mending import set_damaged_aside

    set_damaged_aside(context.catalog, whole_pipeline().datasets())


def _write_configuration(context: KedroContext) -> None:
    """Write the resolved configuration, by which DVC decides what is stale."""
    from libra_emo.configuration.snapshot import take_snapshot, write_snapshot
    from libra_emo.configuration.stages import digest_parts, remember_parts

    project, parameters = context.project_path, context.config_loader["parameters"]
    stages = _digest_stages(context)
    remember_parts(stages, project)
    snapshot = take_snapshot(parameters, context.catalog, project, digest_parts(stages))
    write_snapshot(snapshot, project)


def _digest_stages(context: KedroContext) -> dict[str, dict[str, str]]:
    from libra_emo.configuration.registry import whole_pipeline
    from libra_emo.configuration.stages import digest_stages

    parameters, project = context.config_loader["parameters"], context.project_path
    stages = digest_stages(whole_pipeline(), context.catalog, parameters, project)
    _refuse_other_rounds(stages, parameters["max_rounds"], project)
    return stages


def _refuse_other_rounds(stages: Iterable[str], max_rounds: int, project: Path) -> None:
    """Raise if dvc.yaml lists other rounds: DVC removes outputs before it finds out."""
    path = project / "dvc.yaml"
    if not path.is_file():
        return
    listed = set()
    for name, stage in yaml.safe_load(path.read_text(encoding="utf-8"))["stages"].items():
        each = stage.get("foreach")
        listed |= {name} if each is None else {f"{name}_{key}" for key in each}
    if other := sorted(listed.symmetric_difference(stages)):
        raise ConfigurationError(
            f"max_rounds: is {max_rounds}, and dvc.yaml lists other rounds ({other[0]}); use "
            "`kedro run`, or change dvc.yaml too (docs/rounds_and_versions.md)"
        )


def _refuse_training_dry_run(context: KedroContext) -> None:
    """Raise if `training.dry_run` is set: DVC removes a stage's outputs before it runs."""
    training = context.config_loader["parameters"].get("training") or {}
    if training.get("dry_run"):
        raise ConfigurationError(
            "training.dry_run: a dry run makes no model for DVC to keep; "
            "use `kedro run --pipeline training --params training.dry_run=true`"
        )


def _run_stages(
    stages: tuple[str, ...], environment: str | None, params: dict[str, Any], project: Path
) -> OneLine | None:
    """Run `dvc repro`; return the message and status of the stage that failed, if one did."""
    _allow_without_git(project)
    with tempfile.TemporaryDirectory() as folder:
        ending = Path(folder) / "ending.json"
        child = {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            RUN_PARAMETERS: json.dumps(params),
            ENDING_FILE: str(ending),
        }
        if environment:
            child["KEDRO_ENV"] = environment
        command = [sys.executable, "-m", "dvc", "repro", *stages]
        status = subprocess.run(command, cwd=project, env=child, check=False).returncode
        if status == 0:
            return None
        return read_ending(ending) or OneLine("a stage failed; its messages stand above", status)


def _allow_without_git(project: Path) -> None:
    """Let DVC work in a project that was not cloned but unpacked."""
    local = project / ".dvc/config.local"
    if any((folder / ".git").exists() for folder in (project, *project.parents)):
        return
    if not local.exists():
        local.write_text("[core]\n    no_scm = True\n", encoding="utf-8")


def _log_to_mlflow(context: KedroContext, failure: OneLine | None) -> None:
    from libra_emo.hooks.tracking import WAITING, log_to_mlflow

    ending: Any = "done"
    if failure is not None:
        ending = "waiting" if failure.exit_code == WAITING else "failed"
    loader = context.config_loader
    log_to_mlflow(
        loader["parameters"], loader["mlflow"], context.catalog, ending, context.project_path
    )
