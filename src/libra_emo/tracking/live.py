"""A training's curves in MLflow while it runs, in the run that the finished training will have."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.tracking.connection.store import (
    connect,
    create_run,
    find_run,
    git_state,
    log_new,
    logged,
    metric_name,
    today,
)
from libra_emo.tracking.fine_tuning import Point
from libra_emo.tracking.loop import LoopKey
from libra_emo.tracking.tags import LIVE_TAG, LOOP_TAG, PARENT_TAG, TRAINING_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

WEIGHTS = "weights_sha256"


class LiveTraining:
    """The run of a training that goes on: found again after a kill, no step logged twice.

    Args:
        client: Client of MLflow.
        run_id: Id of the run.
    """

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self._client = client
        self._run_id = run_id
        self._known = set(logged(client, run_id))

    def log(self, points: Iterable[Point]) -> None:
        """Log the points that the run does not have yet."""
        fresh = {
            (metric_name(point.name), point.step): point
            for point in points
            if (metric_name(point.name), point.step) not in self._known
        }
        if not fresh:
            return
        values = {key: point.value for key, point in fresh.items()}
        times = {key: point.time_ms for key, point in fresh.items()}
        log_new(self._client, self._run_id, {}, values, times, known=self._known)
        self._known |= set(fresh)

    def end(self, failed: bool) -> None:
        """Set the run's status; a training that failed may go on in the same run."""
        self._client.set_terminated(self._run_id, "FAILED" if failed else "FINISHED")


def open_training(
    settings: dict[str, Any], project: Path, loop: LoopKey, name: str, digest: str
) -> LiveTraining:
    """Return the run of a training below its loop's run; each is made where it is missing.

    Args:
        settings: Values of `mlflow.yml`.
        project: Folder where relative paths start.
        loop: Key of the loop.
        name: Name of the training, such as round_1.
        digest: Digest of all that shapes the training's weights.
    """
    client, experiment = connect(settings, project)
    tags = git_state(project)
    parent = open_loop(client, experiment, loop, tags)
    run_id = find_unfinished(client, experiment, parent, digest)
    if run_id is None:
        own = {PARENT_TAG: parent, TRAINING_TAG: name, LIVE_TAG: digest, "round": name, **tags}
        run_id = create_run(client, experiment, loop.name_run(today(), name), own)
    client.update_run(run_id, status="RUNNING")
    return LiveTraining(client, run_id)


def open_loop(client: MlflowClient, experiment: str, loop: LoopKey, tags: dict[str, str]) -> str:
    """Return the id of a loop's run, which is made where it is missing."""
    run_id = find_run(client, experiment, f"tags.`{LOOP_TAG}` = '{loop.digest}'")
    if run_id is not None:
        return run_id
    return create_run(client, experiment, loop.name_run(today()), {LOOP_TAG: loop.digest, **tags})


def find_unfinished(client: MlflowClient, experiment: str, parent: str, digest: str) -> str | None:
    """Return the id of a training's run that holds its curves and not yet its weights' digest."""
    if not digest:
        return None
    condition = f"tags.`{PARENT_TAG}` = '{parent}' AND tags.`{LIVE_TAG}` = '{digest}'"
    for run in client.search_runs([experiment], condition):
        if WEIGHTS not in run.data.params:
            return str(run.info.run_id)
    return None
