"""Records what a plain `kedro run` made in DVC, so that `dvc status` is clean afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from libra_emo.errors import LibraEmoError
from libra_emo.hooks.repository import list_stages, record
from libra_emo.hooks.run_state import RunStateHooks, is_recorded_elsewhere, reproduces
from libra_emo.hooks.shared_stores import share_stores

logger = logging.getLogger(__name__)


class RecordingHooks(RunStateHooks):
    """Writes the resolved configuration and commits to DVC the stages that ran.

    Inside `dvc repro` only the configuration is written: DVC records by itself, and would find
    the repository busy. `kedro reproduce` does all of it itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stages: dict[str, dict[str, str]] = {}

    @hook_impl
    def before_pipeline_run(self, catalog: CatalogProtocol[Any, Any]) -> None:
        """Note what the stages rest on when the run starts: what is edited later did not run."""
        super().before_pipeline_run(catalog)
        self._stages = {}
        if is_recorded_elsewhere():
            return
        from libra_emo.configuration.registry import whole_pipeline
        from libra_emo.configuration.stages import digest_stages
        from libra_emo.hooks.shared_stores import restore_stores

        restore_stores(self.parameters, catalog)

        self._stages = digest_stages(
            whole_pipeline(), catalog, self.parameters, self.project, remember=True
        )

    @hook_impl
    def after_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Record every stage that this run completed.

        A node that was skipped since its outputs were there (`--only-missing-outputs`) counts as
        done if another one of its stage ran. Runners with processes of their own report no node;
        with this option it is then unknown what ran, and nothing is recorded.
        """
        skips = run_params.get("only_missing_outputs", False)
        ran = self.ran or ([] if skips else list(pipeline.nodes))
        self._record(ran, list(pipeline.nodes), catalog)

    @hook_impl
    def on_pipeline_error(self, error: Exception, catalog: CatalogProtocol[Any, Any]) -> None:
        """Record the stages that were complete before the run ended; none of a dry run."""
        if not is_failure(error):
            return
        self._record(self.ran, self.ran, catalog)

    def _record(
        self, ran: list[Node], done: list[Node], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        if not ran or reproduces():
            return
        try:
            self._write_configuration(catalog)
            if not is_recorded_elsewhere():
                self._remove_rounds(catalog)
                record(made_by(ran, catalog), made_by(done, catalog), self.project)
                share_stores(self.parameters, catalog, self.project)
        except Exception as error:
            # what was made is there; it must not be lost, nor hide why a run ended
            logger.warning("nothing was recorded in DVC: %s", error)
            logger.debug("DVC", exc_info=True)

    def _write_configuration(self, catalog: CatalogProtocol[Any, Any]) -> None:
        from libra_emo.configuration.snapshot import (
            CODE,
            read_snapshot,
            take_snapshot,
            write_snapshot,
        )
        from libra_emo.configuration.stages import digest_parts, remember_parts

        code = digest_parts(self._stages) or read_snapshot(self.project).get(CODE, {})
        if self._stages:
            remember_parts(self._stages, self.project)
        snapshot = take_snapshot(self.parameters, catalog, self.project, code, loader=self._loader)
        write_snapshot(snapshot, self.project)

    def _remove_rounds(self, catalog: CatalogProtocol[Any, Any]) -> None:
        from libra_emo.hooks.removed_rounds import remove_rounds

        last = int(self.parameters["max_rounds"])
        remove_rounds(list_stages(self.project), catalog, last, self.project)


def is_failure(error: Exception) -> bool:
    """Return whether an error is a failure; a dry run ends with an error of status 0."""
    return not (isinstance(error, LibraEmoError) and error.exit_code == 0)


def made_by(nodes: Iterable[Node], catalog: CatalogProtocol[Any, Any]) -> set[Path]:
    """Return the files and folders that nodes write: outputs, and folders that they are given."""
    from libra_emo.datasets import FolderDataset, dataset_path

    made = set()
    for node in nodes:
        for name in [*node.outputs, *node.inputs]:
            dataset = catalog.get(name) if name in catalog else None
            path = dataset_path(dataset)
            if path is not None and (name in node.outputs or isinstance(dataset, FolderDataset)):
                made.add(path)
    return made
