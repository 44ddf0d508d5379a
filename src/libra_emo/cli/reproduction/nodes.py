"""Runs the nodes of a stage in this process, by a Kedro session."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.cli.reproduction.graph import name_of
from libra_emo.configuration.registry import whole_pipeline
from libra_emo.configuration.stages import tag_of
from libra_emo.hooks.preflight import check_needs

if TYPE_CHECKING:
    from dvc.stage import Stage
    from kedro.framework.context import KedroContext
    from kedro.pipeline import Pipeline


def pipeline_of(stages: Iterable[Stage]) -> Pipeline:
    """Return the nodes of some stages as one pipeline; a stage of another program has none."""
    tags = {tag_of(name_of(stage)) for stage in stages}
    return whole_pipeline().only_nodes_with_tags(*tags)


def check_stages(stages: Iterable[Stage], context: KedroContext) -> None:
    """Check what the stages that will run need, before the first one runs.

    Raises:
        LibraEmoError: If keys, packages, prices, a ceiling or films are missing.
    """
    pipeline = pipeline_of(stages)
    check_needs(pipeline, context.catalog, context.config_loader, context.project_path)


def run_stage(
    stage: Stage, project: Path, environment: str | None, parameters: dict[str, Any]
) -> None:
    """Run a stage: its nodes in a Kedro session of its own, or its command if it has no nodes."""
    from kedro.framework.session import KedroSession

    if not pipeline_of([stage]).nodes:
        from dvc.stage.run import cmd_run

        cmd_run(stage)
        return
    session = KedroSession.create(project, env=environment, runtime_params=parameters)
    with session:
        session.run(tags=[tag_of(name_of(stage))])
