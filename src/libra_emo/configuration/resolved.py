"""The resolved configuration of a run, with what each stage rests on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from libra_emo.configuration.registry import whole_pipeline
from libra_emo.configuration.snapshot import take_snapshot, write_snapshot
from libra_emo.configuration.stages import Parts, digest_parts, digest_stages, remember_parts

if TYPE_CHECKING:
    from kedro.config import AbstractConfigLoader
    from kedro.io import CatalogProtocol


@dataclass(frozen=True)
class ResolvedConfiguration:
    """What a run runs with.

    Attributes:
        stages: Stage → digests of the code, catalog entries and files that it rests on.
        snapshot: Content of the snapshot file.
        project: The project's folder.
    """

    stages: dict[str, Parts]
    snapshot: dict[str, Any]
    project: Path

    @classmethod
    def of(
        cls,
        loader: AbstractConfigLoader,
        catalog: CatalogProtocol[Any, Any],
        project: Path,
        remember: bool = True,
    ) -> Self:
        """Return the configuration of a Kedro context.

        Args:
            loader: Loader of its parameters.
            catalog: Its catalog.
            project: The project's folder.
            remember: Whether digests of films, and the code that is reached, may be kept in files.
        """
        parameters = loader["parameters"]
        stages = digest_stages(whole_pipeline(), catalog, parameters, project, remember)
        code = digest_parts(stages)
        snapshot = take_snapshot(parameters, catalog, project, code, remember, loader)
        return cls(stages, snapshot, project)

    def write(self) -> None:
        """Write the snapshot file, by which DVC decides which stages are stale."""
        remember_parts(self.stages, self.project)
        write_snapshot(self.snapshot, self.project)
