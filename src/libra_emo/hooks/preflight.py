"""Checks before a run: parameters, what they ask of the machine, what other pipelines make."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from libra_emo.configuration import remember_parameters
from libra_emo.configuration.loader import LayeredConfigLoader
from libra_emo.configuration.registry import Registry
from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    from kedro.config import AbstractConfigLoader
    from kedro.framework.context import KedroContext

PARAMETER = "params:"
NAMED = 3  # this many of the missing datasets are named


class InputsMissing(LibraEmoError):
    """What a pipeline reads has not been made yet."""


class PreflightHooks:
    """Ends a run that cannot end well before it begins, with one line."""

    def __init__(self) -> None:
        self._parameters: dict[str, Any] = {}
        self._project = Path()
        self._loader: AbstractConfigLoader | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Check the parameters as they stand in the files, before Kedro looks at them."""
        from libra_emo.configuration.check import check_parameters
        from libra_emo.configuration.credentials import check_credentials

        loader = context.config_loader
        self._project = context.project_path
        self._parameters = loader["parameters"]
        remember_parameters(self._parameters)
        self._loader = loader
        if isinstance(loader, LayeredConfigLoader):
            check_parameters(self._parameters, loader)
            check_credentials(loader)

    @hook_impl(tryfirst=True)
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Check what the run needs: keys and packages, then what other pipelines make."""
        if "DVC_STAGE" in os.environ:
            self._check_stage(os.environ["DVC_STAGE"], catalog)
        if self._loader is not None:
            check_needs(pipeline, catalog, self._loader, self._project)
        check_inputs(pipeline, catalog, Registry())

    def _check_stage(self, name: str, catalog: CatalogProtocol[Any, Any]) -> None:
        """Check that DVC decided about a stage by the configuration and the code that it runs."""
        from libra_emo.configuration.registry import whole_pipeline
        from libra_emo.configuration.snapshot import check_snapshot
        from libra_emo.configuration.stages import digest_parts, digest_stages, tag_of

        stages = digest_stages(whole_pipeline(), catalog, self._parameters, self._project)
        check_snapshot(self._parameters, self._project, tag_of(name), digest_parts(stages))


def check_needs(
    pipeline: Pipeline,
    catalog: CatalogProtocol[Any, Any],
    loader: AbstractConfigLoader,
    project: Path,
) -> None:
    """Raise unless all is there that nodes need of the machine: keys, packages, prices, films.

    Args:
        pipeline: Nodes that are to run.
        catalog: Catalog with the price list and the keys.
        loader: Loader of the parameters.
        project: The project's folder.

    Raises:
        LibraEmoError: If something is missing; the message names it.
    """
    from libra_emo.configuration.models import check_models
    from libra_emo.configuration.requirements import check_requirements

    parameters, groups = loader["parameters"], groups_read(pipeline)
    place_of = loader.place_of if isinstance(loader, LayeredConfigLoader) else None
    if place_of is not None:
        check_models(parameters, groups, lambda: catalog.load("prices"), place_of)
    keys = catalog.load("llm_keys") if "llm_keys" in catalog else None
    check_requirements(parameters, groups, project, None, keys, place_of)


def groups_read(pipeline: Pipeline) -> set[str]:
    """Return the parameter groups that a pipeline's nodes read."""
    inputs = {name for node in pipeline.nodes for name in node.inputs}
    return {
        name.removeprefix(PARAMETER).split(".")[0] for name in inputs if name.startswith(PARAMETER)
    }


def check_inputs(
    pipeline: Pipeline, catalog: CatalogProtocol[Any, Any], registry: Mapping[str, Pipeline]
) -> None:
    """Raise unless every file that a pipeline reads and does not make itself is there.

    Args:
        pipeline: Pipeline that is to run.
        catalog: Catalog that describes the files.
        registry: Every pipeline by name, to find the one that makes what is missing.

    Raises:
        InputsMissing: If one is missing; the message names the commands that make it.
    """
    missing = sorted(
        name
        for name in pipeline.inputs()
        if name != "parameters"
        and not name.startswith(PARAMETER)
        and name in catalog
        and not catalog.exists(name)
    )
    if not missing:
        return
    makers = {name: _maker(name, registry) for name in missing}
    commands = [f"`kedro run --pipeline {maker}`" for maker in _in_order(makers.values(), registry)]
    state = "damaged" if all(_is_there(catalog.get(name)) for name in missing) else "missing"
    message = f"{_list_some(missing)} {'is' if len(missing) == 1 else 'are'} {state}"
    if not commands:
        raise InputsMissing(
            f"{message}, and no pipeline makes {'it' if len(missing) == 1 else 'them'}"
        )
    raise InputsMissing(f"{message}: run {', then '.join(commands)} first")


def _is_there(dataset: Any) -> bool:
    """Return whether the file of a dataset is there, although the dataset says that it is not."""
    from libra_emo.datasets import dataset_path

    path = dataset_path(dataset)
    return path is not None and path.is_file()


def _list_some(names: list[str]) -> str:
    """Return names in a row: all of a few, or the first ones and how many more there are."""
    if len(names) <= NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"


def _maker(name: str, registry: Mapping[str, Pipeline]) -> str | None:
    """Return the pipeline that makes a dataset; the smallest where several do."""
    makers = [
        (len(pipeline.nodes), known)
        for known, pipeline in registry.items()
        if known != "__default__" and name in pipeline.all_outputs()
    ]
    return min(makers)[1] if makers else None


def _in_order(makers: Iterable[str | None], registry: Mapping[str, Pipeline]) -> list[str]:
    """Return the pipelines' names in the order of the registry, each once."""
    wanted = set(makers)
    return [name for name in registry if name in wanted]
