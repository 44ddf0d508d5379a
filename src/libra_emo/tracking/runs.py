"""Brings the run of a loop in MLflow up to date with the files, logging nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from libra_emo.tracking.connection.store import connect, git_state, log_new, logged
from libra_emo.tracking.live import open_loop
from libra_emo.tracking.loop import Loop
from libra_emo.tracking.metrics import CURVES
from libra_emo.tracking.tags import LOOP_TAG, NOTE_TAG, SUPERSEDED_TAG, VERSION_TAG
from libra_emo.tracking.training_runs import log_training

if TYPE_CHECKING:
    from mlflow import MlflowClient

Ending = Literal["done", "waiting", "failed"]
REPORTS = "data/08_reporting"


def log_loop(
    loop: Loop,
    ending: Ending,
    settings: dict[str, Any],
    project: Path,
    reports: Path | None = None,
    tags: dict[str, str] | None = None,
) -> str:
    """Bring the loop's run and its trainings' runs up to date with the files.

    The run is found again by its tag. A point that is there already is not logged again. Where a
    point has another value now, the run is set aside under another tag and a new one is made,
    since MLflow keeps every point that it ever got.

    Args:
        loop: The loop as far as it has come.
        ending: How the Kedro run ended: well, waiting for people, or with an error.
        settings: Values of `mlflow.yml`: tracking_uri, experiment, artifacts.
        project: Folder where relative paths start, and whose git state is kept.
        reports: Folder in which the loop's reports lie; by default the project's.
        tags: State of git as tags; by default the project's now.

    Returns:
        The id of the loop's run.
    """
    client, experiment = connect(settings, project)
    tags = git_state(project) if tags is None else tags
    run_id = open_loop(client, experiment, loop.key, tags)
    if _is_outdated(client, run_id, loop):
        _set_aside(client, run_id, loop.key.digest)
        run_id = open_loop(client, experiment, loop.key, tags)
    log_new(client, run_id, loop.parameters, loop.points)
    client.set_tag(run_id, NOTE_TAG, loop.description)
    for name, version in loop.versions.items():
        client.set_tag(run_id, f"{VERSION_TAG}{name}", version)
    for training in loop.trainings:
        log_training(client, experiment, run_id, loop, training, tags)
    for path in loop.reports:
        folder = path.relative_to(reports or project / REPORTS).parent.as_posix()
        client.log_artifact(run_id, str(path), None if folder == "." else folder)
    _set_status(client, run_id, loop, ending)
    return run_id


def _is_outdated(client: MlflowClient, run_id: str, loop: Loop) -> bool:
    """Return whether a run holds another value, or metrics that loops no longer have."""
    return any(
        point[0] not in CURVES or loop.points.get(point, value) != value
        for point, value in logged(client, run_id).items()
    )


def _set_aside(client: MlflowClient, run_id: str, digest: str) -> None:
    client.set_tag(run_id, SUPERSEDED_TAG, digest)
    client.delete_tag(run_id, LOOP_TAG)


def _set_status(client: MlflowClient, run_id: str, loop: Loop, ending: Ending) -> None:
    """Set how far the loop has come: finished, to be resumed, or failed."""
    if ending == "failed":
        client.set_terminated(run_id, "FAILED")
    elif ending == "waiting":
        client.update_run(run_id, status="SCHEDULED")
    elif loop.complete:
        client.set_terminated(run_id, "FINISHED")
    else:
        client.update_run(run_id, status="RUNNING")
