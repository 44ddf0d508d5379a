"""Runs the nodes of a stage in this process, by a Kedro session."""

from __future__ import annotations

from collections.abc import Iterable
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


def run_stage(stage: Stage, context: KedroContext, parameters: dict[str, Any]) -> None:
    """Run a stage: its nodes in a Kedro session of its own, or its command if it has no nodes.

    Args:
        stage: The stage.
        context: The run's context. The session takes its configuration, so that all stages of a run
            have the same one, and the files are read once.
        parameters: Parameters that override those in the files.
    """
    from kedro.framework.session import KedroSession

    if not pipeline_of([stage]).nodes:
        from dvc.stage.run import cmd_run

        cmd_run(stage)
        return

    class StageSession(KedroSession):
        def _get_config_loader(self) -> Any:
            return context.config_loader

    session = StageSession.create(context.project_path, env=context.env, runtime_params=parameters)
    with session:
        session.run(tags=[tag_of(name_of(stage))])
