"""`kedro reproduce`: runs what is missing or stale, with any configuration."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from libra_emo.cli.endings import one_line_errors, user_error
from libra_emo.cli.people.waiting import waiting_for_people
from libra_emo.cli.reproduction.graph import name_of, open_project, order_stages
from libra_emo.cli.session import configured, open_context
from libra_emo.cli.summary import show_summary
from libra_emo.common.digests import digest_json
from libra_emo.common.files import write_text
from libra_emo.configuration.loader import ConfigurationError
from libra_emo.configuration.lock_file import digest_lock
from libra_emo.configuration.project_lock import lock_project

if TYPE_CHECKING:
    from dvc.stage import Stage
    from kedro.framework.context import KedroContext

    from libra_emo.configuration.resolved import ResolvedConfiguration

# the state of the results that MLflow knows
LOGGED_FILE = Path("data/mlflow/.logged")
FILMS = "films_digest"


@click.command()
@click.argument("stages", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Only list which stages would run, and why.")
@click.option(
    "--wait", is_flag=True, help="Stay while people label, and go on when the last vote is in."
)
@configured
@click.pass_obj
@one_line_errors
def reproduce(
    metadata: Any,
    stages: tuple[str, ...],
    dry_run: bool,
    wait: bool,
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
        with (
            lock_project(project, "kedro reproduce"),
            waiting_for_people(project, environment, wait),
        ):
            _set_damaged_aside(context)
            _run_stages(context, stages, params)
        show_summary(context.catalog, project)


def _list_stale(context: KedroContext, names: tuple[str, ...]) -> None:
    from libra_emo.cli.dry_run import list_stale

    found = _resolve(context, remember=False)
    stale = list_stale(names, found.snapshot, found.stages, context.project_path)
    for name, reason in stale:
        click.echo(f"{name}: {reason}")
    if not stale:
        click.echo("nothing is missing or stale", err=True)


def _set_damaged_aside(context: KedroContext) -> None:
    from libra_emo.configuration.registry import whole_pipeline
    from libra_emo.hooks.mending import set_damaged_aside

    set_damaged_aside(context.catalog, whole_pipeline().datasets())


def _refuse_training_dry_run(context: KedroContext) -> None:
    """Raise if `training.dry_run` is set: it makes no model that a stage could record."""
    training = context.config_loader["parameters"].get("training") or {}
    if training.get("dry_run"):
        raise ConfigurationError(
            "training.dry_run: a dry run makes no model for DVC to keep; "
            "use `kedro run --pipeline training --params training.dry_run=true`"
        )


def _resolve(context: KedroContext, remember: bool = True) -> ResolvedConfiguration:
    from libra_emo.configuration.resolved import ResolvedConfiguration

    return ResolvedConfiguration.of(
        context.config_loader, context.catalog, context.project_path, remember
    )


def _run_stages(context: KedroContext, names: tuple[str, ...], params: dict[str, Any]) -> None:
    """Run the stages that are missing or stale, and log them in MLflow, however they end."""
    from libra_emo.cli.reproduction.nodes import check_stages, run_stage
    from libra_emo.cli.reproduction.walk import Walk
    from libra_emo.configuration.registry import whole_pipeline
    from libra_emo.hooks.digesting import record_restored
    from libra_emo.hooks.removed_rounds import remove_rounds
    from libra_emo.hooks.run_state import reproducing
    from libra_emo.hooks.shared_stores import restore_stores, share_stores

    project = context.project_path
    _allow_without_git(project)
    restore_stores(context.params, context.catalog)
    _resolve(context).write()

    def run(stage: Stage) -> None:
        run_stage(stage, context, params)
        _resolve_films(context, stage)

    with contextlib.chdir(project), open_project(project) as repository, reproducing():
        walk = Walk(repository, order_stages(repository, names), run)
        check_stages(walk.plan(), context)
        stages = [name_of(stage) for stage in repository.index.stages]
        remove_rounds(stages, context.catalog, int(context.params["max_rounds"]), project)
        try:
            walk.go()
        except Exception as error:
            _log_to_mlflow(context, error)
            raise
        finally:
            datasets = whole_pipeline().all_outputs()
            record_restored(walk.restored, datasets, context.catalog, project)
            share_stores(context.params, context.catalog, project)
    _log_to_mlflow(context, None)


def _resolve_films(context: KedroContext, stage: Stage) -> None:
    """Write the configuration again after the stage that may have drawn the sample's films."""
    if any(FILMS in getattr(dependency, "params", ()) for dependency in stage.deps):
        _resolve(context).write()


def _allow_without_git(project: Path) -> None:
    """Let DVC work in a project that was not cloned but unpacked."""
    local = project / ".dvc/config.local"
    if any((folder / ".git").exists() for folder in (project, *project.parents)):
        return
    if not local.exists():
        local.write_text("[core]\n    no_scm = True\n", encoding="utf-8")


def _log_to_mlflow(context: KedroContext, error: Exception | None) -> None:
    """Bring MLflow up to date, unless it was with these results already."""
    from libra_emo.hooks.tracking import WAITING, log_to_mlflow
    from libra_emo.tracking.pending import PENDING

    ending: Any = "done"
    if error is not None:
        stop = user_error(error)
        ending = "waiting" if stop is not None and stop.exit_code == WAITING else "failed"
    project, loader = context.project_path, context.config_loader
    state = digest_json([ending, digest_lock(project), loader["mlflow"]])
    path = project / LOGGED_FILE
    waiting = any((project / PENDING).glob("*"))
    if not waiting and path.is_file() and path.read_text(encoding="utf-8") == state:
        return
    if log_to_mlflow(loader["parameters"], loader["mlflow"], context.catalog, ending, project):
        write_text(path, state)
