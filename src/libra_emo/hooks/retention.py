"""Removes superseded results of films when a run has ended well."""

from __future__ import annotations

from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from libra_emo.errors import LibraEmoError

WAITING = 3
CUT = "clip_ledger"  # a pipeline that writes it cuts films
RECORDS = "finished_folder"


class RetentionHooks:
    """Removes what cutting films set aside; until then everything can be put back.

    A run that failed or was killed removes nothing: the next one puts back what has a free place.
    """

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Remove what is superseded."""
        self._remove(pipeline, catalog)

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Remove what is superseded if the run only waits for people."""
        if isinstance(error, LibraEmoError) and error.exit_code == WAITING:
            self._remove(pipeline, catalog)

    def _remove(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        if CUT not in pipeline.all_outputs() or RECORDS not in catalog:
            return
        from libra_emo.datasets.paths import dataset_path
        from libra_emo.media.films import remove_superseded

        records = dataset_path(catalog.get(RECORDS))
        if records is not None:
            remove_superseded(records)
