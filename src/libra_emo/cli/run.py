"""`kedro run`, which ends with one line for an error that the user can mend."""

from __future__ import annotations

import os
import warnings
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run

from libra_emo.cli.endings import one_line_ending
from libra_emo.cli.people.waiting import wait_option, waiting_for_people
from libra_emo.configuration.project_lock import lock_project


def run_in_one_line(wait: bool = False, **options: Any) -> Any:
    """Run as Kedro does, from the project's folder, and end as the project's commands end."""
    metadata = click.get_current_context().obj
    project = None if metadata is None else metadata.project_path
    if project is not None:
        os.chdir(project)
    if options.get("pipeline") and not options.get("pipelines"):
        # the newer name of this option, for which Kedro does not warn
        options.update(pipelines=[options["pipeline"]], pipeline=None)
    with warnings.catch_warnings(), one_line_ending():
        warnings.simplefilter("ignore", DeprecationWarning)
        if project is None:
            return _run(options)
        with (
            lock_project(project, "kedro run"),
            waiting_for_people(project, options.get("env"), wait),
        ):
            return _run(options)


def _run(options: dict[str, Any]) -> Any:
    """Run; if Kedro refuses the options, say which name it does not know.

    Only Kedro knows when the pipelines can be looked at: their rounds depend on the parameters.
    """
    try:
        return kedro_run.callback(**options)  # type: ignore[misc]
    except (ValueError, KeyError) as error:
        from libra_emo.cli.names import check_names

        check_names(options, error)
        raise


run = click.Command(
    name="run",
    callback=run_in_one_line,
    params=[*kedro_run.params, wait_option],
    help="Run all pipelines, or the named ones.",
)
