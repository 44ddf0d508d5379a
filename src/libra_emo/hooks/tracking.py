"""Tells MLflow of a run, once there is something to tell."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from libra_emo.errors import LibraEmoError
from libra_emo.hooks.recording import is_failure
from libra_emo.hooks.run_state import RunStateHooks

if TYPE_CHECKING:
    from libra_emo.tracking.runs import Ending

logger = logging.getLogger(__name__)

# a run that makes one of these has something to tell
TOLD = ("report", "model", "bench_scores", "round_history", "voter_scores")
REPORTS = "data/08_reporting"
WAITING = 3


class TrackingHooks(RunStateHooks):
    """Brings MLflow to what the files say after a run, however it ended.

    MLflow is imported (some four seconds) only then. Stages of `dvc repro` leave it to
    `kedro reproduce`, which does it once at its end.
    """

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Tell of a run that ended well."""
        self._tell(pipeline, catalog, "done")

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Tell of a run that waits for people, or failed; not of a dry run."""
        if not is_failure(error):
            return
        waiting = isinstance(error, LibraEmoError) and error.exit_code == WAITING
        self._tell(pipeline, catalog, "waiting" if waiting else "failed")

    def _tell(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any], ending: Ending) -> None:
        made = {name.rsplit(".", 1)[-1] for name in pipeline.all_outputs()}
        if "DVC_STAGE" in os.environ or not made.intersection(TOLD):
            return
        from libra_emo.hooks.recording import made_by

        # runners with processes of their own report no node
        ran = self.ran or (pipeline.nodes if ending == "done" else [])
        log_to_mlflow(
            self.parameters, self._settings, catalog, ending, self.project, made_by(ran, catalog)
        )


def log_to_mlflow(
    parameters: dict[str, Any],
    settings: dict[str, Any] | None,
    catalog: CatalogProtocol[Any, Any],
    ending: Ending,
    project: Path,
    made: Collection[Path] = (),
) -> None:
    """Bring MLflow to what the files say that are up to date.

    Trouble with MLflow costs a line in the log, and no run.

    Args:
        parameters: All of them, merged.
        settings: `mlflow.yml`; without it nothing is told.
        catalog: Where the files are described.
        ending: How the run ended.
        project: The project's folder.
        made: What this run wrote.
    """
    from libra_emo.hooks.repository import stale_outputs
    from libra_emo.tracking.loop import read_loop

    if settings is None:
        return
    try:
        loop = read_loop(parameters, catalog, project / REPORTS, stale_outputs(project, set(made)))
        if loop is None or not (loop.rounds or loop.scores):
            return
        from libra_emo.tracking.runs import log_loop

        log_loop(loop, ending, settings, project)
    except Exception as error:
        logger.warning("MLflow was not told of this run: %s", error)
        logger.debug("MLflow", exc_info=True)
