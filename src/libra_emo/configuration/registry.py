"""Every registered pipeline, also those that a run does not ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kedro.framework.project import pipelines
from kedro.pipeline import Pipeline

WHOLE = "__default__"


class Registry(Mapping[str, Pipeline]):
    """Pipelines by name; Kedro's own mapping holds only those that a run asked for."""

    def __getitem__(self, name: str) -> Pipeline:
        pipelines.set_requested(None)
        found: Pipeline = pipelines[name]
        return found

    def __iter__(self) -> Iterator[str]:
        pipelines.set_requested(None)
        return iter(pipelines)

    def __len__(self) -> int:
        return len(list(iter(self)))


def whole_pipeline() -> Pipeline:
    """Return all pipelines as one."""
    registry = Registry()
    if WHOLE in registry:
        return registry[WHOLE]
    return sum(registry.values(), start=Pipeline([]))
