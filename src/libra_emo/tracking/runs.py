"""Brings MLflow to what the files say: nothing twice, nothing that is no longer so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from libra_emo.tracking.fine_tuning import FineTuning
from libra_emo.tracking.live import find_unfinished, open_loop
from libra_emo.tracking.loop import Loop, Training
from libra_emo.tracking.store import (
    connect,
    create_run,
    find_run,
    git_state,
    log_new,
    logged,
    metric_name,
)
from libra_emo.tracking.tags import (
    LABELS_TAG,
    LOOP_TAG,
    MODEL_TAG,
    PARENT_TAG,
    ROUND_TAG,
    SUPERSEDED_TAG,
    TRAINING_TAG,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

Ending = Literal["done", "waiting", "failed"]


def log_loop(loop: Loop, ending: Ending, settings: dict[str, Any], project: Path) -> str:
    """Bring the loop's run and its trainings' runs to what the files say.

    The run is found again by its tag. A point that is there already is not logged again; when a
    point has another value now, the run is set aside under another tag and a new one is made,
    since MLflow keeps every point that it ever got.

    Args:
        loop: What there is to tell.
        ending: How the Kedro run ended: well, waiting for people, or with an error.
        settings: `mlflow.yml`: tracking_uri, experiment, artifacts.
        project: Where relative paths start, and whose git state is kept.

    Returns:
        The id of the loop's run.
    """
    client, experiment = connect(settings, project)
    tags = git_state(project)
    run_id = open_loop(client, experiment, loop.identity, tags)
    if _disagrees(client, run_id, loop):
        _set_aside(client, experiment, run_id, loop.identity)
        run_id = open_loop(client, experiment, loop.identity, tags)
    log_new(client, run_id, loop.parameters, _points(loop))
    for training in loop.trainings:
        _log_training(client, experiment, run_id, loop, training, tags)
    for path in loop.reports:
        folder = path.relative_to(project / "data/08_reporting").parent.as_posix()
        client.log_artifact(run_id, str(path), None if folder == "." else folder)
    _close(client, run_id, loop, ending)
    return run_id


def _points(loop: Loop) -> dict[tuple[str, int], float]:
    """Return metric and step → value."""
    points = {
        (metric_name(name), number): value
        for number, figures in loop.rounds.items()
        for name, value in figures.items()
    }
    return {**points, **{(metric_name(name), 0): value for name, value in loop.scores.items()}}


def _disagrees(client: MlflowClient, run_id: str, loop: Loop) -> bool:
    now = _points(loop)
    return any(now.get(point, value) != value for point, value in logged(client, run_id).items())


def _set_aside(client: MlflowClient, experiment: str, run_id: str, identity: str) -> None:
    client.set_tag(run_id, SUPERSEDED_TAG, identity)
    client.delete_tag(run_id, LOOP_TAG)


def _log_training(
    client: MlflowClient,
    experiment: str,
    parent: str,
    loop: Loop,
    training: Training,
    tags: dict[str, str],
) -> None:
    """Log a training as a child, once for each file of labels that it was given."""
    from mlflow.entities import Dataset, DatasetInput

    told = training.fine_tuning
    condition = (
        f"tags.`{PARENT_TAG}` = '{parent}' AND tags.`{TRAINING_TAG}` = '{training.name}' "
        f"AND params.labels_sha256 = '{training.labels_sha256}'"
    )
    if told.parameters:  # the same labels may be learnt anew, to other weights
        condition += f" AND params.weights_sha256 = '{told.parameters['weights_sha256']}'"
    run_id = find_run(client, experiment, condition)
    if run_id is None:
        own = {
            PARENT_TAG: parent,
            TRAINING_TAG: training.name,
            "round": training.name,
            ROUND_TAG: training.labels_path.stem,
            LABELS_TAG: training.labels_sha256,
            **tags,
        }
        # its curves may be there already, if it was followed while it ran
        run_id = find_unfinished(client, experiment, parent, told.training)
        if run_id is None:
            run_id = create_run(client, experiment, training.name, own)
        for name, text in own.items():
            client.set_tag(run_id, name, text)
        source = f"{training.labels_path.parent.name}/{training.labels_path.name}"
        labels = Dataset(training.name, training.labels_sha256[:32], "local", source)
        client.log_inputs(run_id, [DatasetInput(labels)])
        _refer_to_model(client, run_id, told)
    parameters = {
        **loop.parameters,
        **told.parameters,
        "labels_sha256": training.labels_sha256,
    }
    points = {(metric_name(name), 0): value for name, value in training.metrics.items()}
    times = {(metric_name(p.name), p.step): p.time_ms for p in told.points}
    points |= {(metric_name(p.name), p.step): p.value for p in told.points}
    log_new(client, run_id, parameters, points, times)
    client.set_terminated(run_id, "FINISHED")


def _refer_to_model(client: MlflowClient, run_id: str, told: FineTuning) -> None:
    """Say where the weights lie; they are DVC's to keep, so they are not copied."""
    if told.reference:
        client.set_tag(run_id, MODEL_TAG, told.reference["path"])
        client.log_dict(run_id, told.reference, "model_reference.json")


def _close(client: MlflowClient, run_id: str, loop: Loop, ending: Ending) -> None:
    """Say how far the loop has come: done, to be resumed, or broken."""
    if ending == "failed":
        client.set_terminated(run_id, "FAILED")
    elif ending == "waiting":
        client.update_run(run_id, status="SCHEDULED")
    elif loop.complete:
        client.set_terminated(run_id, "FINISHED")
    else:
        client.update_run(run_id, status="RUNNING")
