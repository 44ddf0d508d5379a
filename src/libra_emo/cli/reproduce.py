"""`kedro reproduce`: what is missing or stale, through DVC, with any configuration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import ENDING_FILE, OneLine, one_line_errors, read_ending
from libra_emo.cli.run import RUN_PARAMETERS
from libra_emo.cli.session import configured, open_context
from libra_emo.cli.summary import show_summary
from libra_emo.configuration.loader import ConfigurationError

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext


@click.command()
@click.argument("stages", nargs=-1)
@configured
@click.pass_obj
@one_line_errors
def reproduce(
    metadata: Any, stages: tuple[str, ...], env: str | None, params: dict[str, Any]
) -> None:
    """Redo what is missing or stale: all STAGES of dvc.yaml, or those named."""
    from libra_emo.configuration.snapshot import take_snapshot, write_snapshot

    project = metadata.project_path
    os.chdir(project)
    environment = env or os.environ.get("KEDRO_ENV")
    with open_context(project, environment, params) as context:
        _refuse_dry_run(context)
        snapshot = take_snapshot(context.config_loader["parameters"], context.catalog, project)
        write_snapshot(snapshot, project)
        failure = _run_stages(stages, environment, params, project)
        _tell_mlflow(context, failure)
        if failure is not None:
            raise failure
        show_summary(context.catalog, project)


def _refuse_dry_run(context: KedroContext) -> None:
    """Raise if only a dry run is asked for: DVC removes a stage's outputs before it runs."""
    training = context.config_loader["parameters"].get("training") or {}
    if training.get("dry_run"):
        raise ConfigurationError(
            "training.dry_run: a dry run makes no model for DVC to keep; "
            "use `kedro run --pipeline training --params training.dry_run=true`"
        )


def _run_stages(
    stages: tuple[str, ...], environment: str | None, params: dict[str, Any], project: Path
) -> OneLine | None:
    """Run `dvc repro`; return how it failed, if it did, in the words of the stage that failed."""
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
        return read_ending(ending) or OneLine("a stage failed; what it said stands above", status)


def _allow_without_git(project: Path) -> None:
    """Let DVC work in a project that was not cloned but unpacked."""
    local = project / ".dvc/config.local"
    if any((folder / ".git").exists() for folder in (project, *project.parents)):
        return
    if not local.exists():
        local.write_text("[core]\n    no_scm = True\n", encoding="utf-8")


def _tell_mlflow(context: KedroContext, failure: OneLine | None) -> None:
    from libra_emo.hooks.tracking import WAITING, log_to_mlflow

    ending: Any = "done"
    if failure is not None:
        ending = "waiting" if failure.exit_code == WAITING else "failed"
    loader = context.config_loader
    log_to_mlflow(
        loader["parameters"], loader["mlflow"], context.catalog, ending, context.project_path
    )
