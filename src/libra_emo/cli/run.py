"""`kedro run`, which ends with one line for an error that the user can mend."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any, Final

import click
import yaml
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import LOGGING

from libra_emo.cli.endings import one_line_ending
from libra_emo.cli.people.waiting import wait_option, waiting_for_people
from libra_emo.configuration.packaged.unpacking import UnreadableConfigurationError, unpack
from libra_emo.configuration.project_lock import lock_project

LOGGING_VARIABLE: Final = "KEDRO_LOGGING_CONFIG"


def run_in_one_line(wait: bool = False, **options: Any) -> Any:
    """Run as Kedro does, from the project's folder, and end as the project's commands end.

    A packaged project has no folder of its own: it runs in the working directory.
    """
    metadata = click.get_current_context().obj
    packaged = metadata is None
    project = Path.cwd() if packaged else metadata.project_path
    os.chdir(project)
    if options.get("pipeline") and not options.get("pipelines"):
        # the newer name of this option, for which Kedro does not warn
        options.update(pipelines=[options["pipeline"]], pipeline=None)
    with warnings.catch_warnings(), one_line_ending():
        warnings.simplefilter("ignore", DeprecationWarning)
        if packaged:
            _prepare_packaged(project, options, wait)
        with (
            lock_project(project, "kedro run"),
            waiting_for_people(project, options.get("env"), wait),
        ):
            return _run(options)


def _prepare_packaged(project: Path, options: dict[str, Any], wait: bool) -> None:
    """Unpack the configuration of a packaged project, and write the log as it says."""
    if wait:
        raise click.UsageError(
            "--wait serves the annotators from a checkout of the project; there is none here"
        )
    source = options.get("conf_source")
    conf = Path(unpack(source) if source else project / "conf")
    if not conf.is_dir():
        raise UnreadableConfigurationError(
            f"there is no configuration in {project}: name the archive that `kedro package` wrote "
            "with --conf-source"
        )
    options["conf_source"] = str(conf)
    log = conf / "logging.yml"
    if log.is_file() and LOGGING_VARIABLE not in os.environ:
        os.environ[LOGGING_VARIABLE] = str(log)  # for the processes that this one starts
        LOGGING.configure(yaml.safe_load(log.read_text(encoding="utf-8")))


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
