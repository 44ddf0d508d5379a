"""Runs with others below them, such as a sweep with its settings: logged whole, and once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.tracking.connection.store import (
    connect,
    create_run,
    find_run,
    git_state,
    log_new,
    today,
)
from libra_emo.tracking.tags import PARENT_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient


@dataclass(frozen=True)
class ChildRun:
    """A run below another one.

    Attributes:
        name: Its name.
        parameters: Its parameters as text.
        metrics: Its metrics by name.
    """

    name: str
    parameters: dict[str, str]
    metrics: dict[str, float]


@dataclass(frozen=True)
class ParentRun:
    """What is logged of a run with others below it.

    Attributes:
        parameters: Its own parameters as text.
        children: The runs below it.
        artifacts: Its artifacts; of a folder, all that is in it.
    """

    parameters: dict[str, str]
    children: Sequence[ChildRun]
    artifacts: Sequence[Path]


def log_once(
    title: str,
    tag: str,
    key: str,
    read: Callable[[], ParentRun],
    settings: dict[str, Any],
    project: Path,
) -> str:
    """Log a run with those below it unless it was logged, and return its id.

    The run is found again by its tag. The tag is set last, so that what is half logged is logged
    again.

    Args:
        title: Name of the run; the day is put behind it.
        tag: Name of the tag by which it is found.
        key: Value of the tag, such as a digest of what is logged.
        read: Returns what is logged; not called if it was logged before.
        settings: Values of `mlflow.yml`.
        project: Folder of the project.
    """
    client, experiment = connect(settings, project)
    found = find_run(client, experiment, f"tags.`{tag}` = '{key}'")
    if found is not None:
        return found
    content, tags = read(), git_state(project)
    run_id = create_run(client, experiment, f"{title} {today()}", tags)
    log_new(client, run_id, content.parameters, {})
    for child in content.children:
        _log_child(client, experiment, child, {PARENT_TAG: run_id, **tags})
    for path in content.artifacts:
        log = client.log_artifacts if path.is_dir() else client.log_artifact
        log(run_id, str(path))
    client.set_tag(run_id, tag, key)
    client.set_terminated(run_id, "FINISHED")
    return run_id


def _log_child(
    client: MlflowClient, experiment: str, child: ChildRun, tags: dict[str, str]
) -> None:
    run_id = create_run(client, experiment, child.name, tags)
    points = {(name, 0): value for name, value in child.metrics.items()}
    log_new(client, run_id, child.parameters, points)
    client.set_terminated(run_id, "FINISHED")
