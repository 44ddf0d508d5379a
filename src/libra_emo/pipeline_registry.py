"""The pipelines by name; `__default__` is those of the method in their order."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kedro.pipeline import Pipeline

from libra_emo.configuration import read_max_rounds

# name, in the order of the method → whether its pipeline depends on the number of rounds
PIPELINES = {
    "preprocessing": False,
    "bench": False,
    "voting": False,
    "active_learning": True,
    "explanation": False,
    "training": True,
    "evaluation": True,
    "sweep": True,
    "collection": False,
    "publication": True,
}
EXTRA = ("sweep", "collection", "publication")  # pipelines that are no part of `__default__`


class LazyPipeline(Pipeline):
    """A pipeline that is built when it is first looked at.

    Its nodes import pandas and much more, which commands that only list names, show help, or run
    one pipeline do without.

    Args:
        build: Returns the pipeline.
    """

    def __init__(self, build: Callable[[], Pipeline]) -> None:
        self._build = build

    def __getattr__(self, name: str) -> Any:
        """Build the pipeline once one of its own attributes is asked for."""
        if name.startswith("__") or "_build" not in self.__dict__:
            raise AttributeError(name)
        build = self.__dict__.pop("_build")
        self.__dict__.update(build().__dict__)
        return getattr(self, name)


def register_pipelines() -> dict[str, Pipeline]:
    """Return every pipeline; rounds are as many as the parameter `max_rounds`."""
    pipelines: dict[str, Pipeline] = {
        name: LazyPipeline(_builder(name, with_rounds)) for name, with_rounds in PIPELINES.items()
    }
    method = [pipelines[name] for name in PIPELINES if name not in EXTRA]
    whole = LazyPipeline(lambda: sum(method, start=Pipeline([])))
    return {**pipelines, "__default__": whole}


def _builder(name: str, with_rounds: bool) -> Callable[[], Pipeline]:
    def build() -> Pipeline:
        module = import_module(f"libra_emo.pipelines.{name}")
        arguments = (read_max_rounds(),) if with_rounds else ()
        pipeline: Pipeline = module.create_pipeline(*arguments)
        return pipeline

    return build
