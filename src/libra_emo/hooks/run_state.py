"""What hooks know about a run: its configuration, the project, the nodes that ran."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.config import MissingConfigException
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline.node import Node

if TYPE_CHECKING:
    from kedro.config import AbstractConfigLoader
    from kedro.framework.context import KedroContext


_reproduced: list[bool] = []


@contextmanager
def reproducing() -> Iterator[None]:
    """Run stages whose records `kedro reproduce` makes itself."""
    _reproduced.append(True)
    try:
        yield
    finally:
        _reproduced.pop()


def is_recorded_elsewhere() -> bool:
    """Return whether `kedro reproduce` or `dvc repro` records what runs now."""
    return reproduces() or "DVC_STAGE" in os.environ


def reproduces() -> bool:
    """Return whether `kedro reproduce` runs stages in this process."""
    return bool(_reproduced)


class ConfiguredHooks:
    """Keeps how a run is configured.

    Attributes:
        parameters: All parameters, merged.
        project: The project's folder.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}
        self.project = Path()
        self._settings: dict[str, Any] | None = None  # mlflow.yml
        self._loader: AbstractConfigLoader | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep configuration and project."""
        self._loader = context.config_loader
        self.parameters = context.config_loader["parameters"]
        self.project = context.project_path
        try:
            self._settings = context.config_loader["mlflow"]
        except (MissingConfigException, KeyError):
            self._settings = None


class RunStateHooks(ConfiguredHooks):
    """Keeps what is known about a run, for a class that uses it when the run has ended.

    Attributes:
        ran: Nodes that ran and of which all outputs were saved. Runners with processes of their own
            report none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[Node] = []
        self._saved: set[str] = set()

    @hook_impl
    def before_pipeline_run(self, catalog: CatalogProtocol[Any, Any]) -> None:
        """Start with no node that ran."""
        del catalog  # of use to those who do more here
        self.ran, self._saved = [], set()

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, node: Node) -> None:
        """Note that a node ran, once its outputs are saved: until then older files are there."""
        self._saved.add(dataset_name)
        if node not in self.ran and self._saved.issuperset(node.outputs):
            self.ran.append(node)
