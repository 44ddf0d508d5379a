"""Logs a loop in MLflow after each run that scored or trained something."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from libra_emo.errors import LibraEmoError
from libra_emo.hooks.recording import is_failure
from libra_emo.hooks.run_state import RunStateHooks, is_recorded_elsewhere

if TYPE_CHECKING:
    from libra_emo.tracking.runs import Ending

logger = logging.getLogger(__name__)

# a run that makes one of these has something to log
LOGGED = ("report", "model", "bench_scores", "round_history", "voter_scores")
REPORTS = "data/08_reporting"
WAITING = 3


class TrackingHooks(RunStateHooks):
    """Brings MLflow up to date with the files after a run, however it ended.

    MLflow is imported (some four seconds) only then. Stages of `dvc repro` leave it to
    `kedro reproduce`, which does it once at its end.
    """

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Log a run that ended well."""
        self._log(pipeline, catalog, "done")

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Log a run that waits for people, or failed; a dry run is not logged."""
        if not is_failure(error):
            return
        waiting = isinstance(error, LibraEmoError) and error.exit_code == WAITING
        self._log(pipeline, catalog, "waiting" if waiting else "failed")

    def _log(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any], ending: Ending) -> None:
        made = {name.rsplit(".", 1)[-1] for name in pipeline.all_outputs()}
        if ending == "done":
            log_sweeps(self.parameters, self._settings, catalog, self.project, made)
        if is_recorded_elsewhere() or not made.intersection(LOGGED):
            return
        from libra_emo.hooks.recording import made_by

        # runners with processes of their own report no node
        ran = self.ran or (pipeline.nodes if ending == "done" else [])
        log_to_mlflow(
            self.parameters, self._settings, catalog, ending, self.project, made_by(ran, catalog)
        )


def log_sweeps(
    parameters: dict[str, Any],
    settings: dict[str, Any] | None,
    catalog: CatalogProtocol[Any, Any],
    project: Path,
    made: Collection[str],
) -> None:
    """Log the sweeps that a run made; an error of MLflow is a warning, and the table is there."""
    tables = sorted(name for name in made if name.startswith("sweep_") and name.endswith("_scores"))
    if settings is None or not tables:
        return
    try:
        from libra_emo.tracking.current_files import CurrentFiles
        from libra_emo.tracking.parameters import flatten_parameters
        from libra_emo.tracking.sweeps import log_sweep

        files = CurrentFiles(catalog)
        shared = {name: parameters.get(name) for name in ("student", "training", "seed")}
        for table in tables:
            name = table.removeprefix("sweep_").removesuffix("_scores")
            scores, plot = (files.path_of(f"sweep_{name}_{part}") for part in ("scores", "plot"))
            log_sweep(name, scores, plot, flatten_parameters(shared), settings, project)
    except Exception as error:
        logger.warning(
            "the sweep was not logged in MLflow: %s; its table is in data/08_reporting/sweeps, and "
            "the same command logs it", error,
        )  # fmt: skip
        logger.debug("MLflow", exc_info=True)


def log_to_mlflow(
    parameters: dict[str, Any],
    settings: dict[str, Any] | None,
    catalog: CatalogProtocol[Any, Any],
    ending: Ending,
    project: Path,
    made: Collection[Path] = (),
) -> bool:
    """Bring MLflow up to date with the files that are not stale; return whether it is now.

    An error of MLflow is a warning and ends no run; the figures are kept then, and handed over
    later.

    Args:
        parameters: All parameters, merged.
        settings: Values of `mlflow.yml`; without them nothing is logged.
        catalog: Catalog that describes the files.
        ending: How the run ended.
        project: Folder of the project.
        made: Files and folders that this run wrote.
    """
    from libra_emo.hooks.repository import stale_outputs
    from libra_emo.tracking.loop import read_loop

    if settings is None:
        return True
    try:
        loop = read_loop(parameters, catalog, project / REPORTS, stale_outputs(project, set(made)))
        if loop is None or not loop.scored:
            return True
        from libra_emo.tracking.pending import log_or_keep

        log_or_keep(loop, ending, settings, project)
    except Exception as error:
        logger.warning("this run was not logged in MLflow: %s", error)
        logger.debug("MLflow", exc_info=True)
        return False
    return True
