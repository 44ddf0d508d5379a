"""The runs of a loop's trainings: one below the loop's run for each file of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libra_emo.tracking.connection.store import create_run, find_run, log_new, metric_name, today
from libra_emo.tracking.fine_tuning import FineTuning
from libra_emo.tracking.live import find_unfinished
from libra_emo.tracking.loop import Loop, Training
from libra_emo.tracking.tags import LABELS_TAG, MODEL_TAG, PARENT_TAG, ROUND_TAG, TRAINING_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient


def log_training(
    client: MlflowClient,
    experiment: str,
    parent: str,
    loop: Loop,
    training: Training,
    tags: dict[str, str],
) -> None:
    """Log a training as a child, once for each file of labels that it was given.

    Args:
        client: Client of MLflow.
        experiment: Id of the experiment.
        parent: Id of the loop's run.
        loop: The loop.
        training: The training.
        tags: State of git, as tags.
    """
    tuned = training.fine_tuning
    run_id = find_run(client, experiment, _condition(parent, training))
    if run_id is None:
        run_id = _open_run(client, experiment, parent, loop, training, tags)
    digests = {"labels_sha256": training.labels_sha256}
    points = {(metric_name(name), 0): value for name, value in training.metrics.items()}
    points |= {(metric_name(point.name), point.step): point.value for point in tuned.points}
    times = {(metric_name(point.name), point.step): point.time_ms for point in tuned.points}
    log_new(client, run_id, {**loop.parameters, **tuned.parameters, **digests}, points, times)
    client.set_terminated(run_id, "FINISHED")


def _condition(parent: str, training: Training) -> str:
    """Return the search that finds the run of a training."""
    condition = (
        f"tags.`{PARENT_TAG}` = '{parent}' AND tags.`{TRAINING_TAG}` = '{training.name}' "
        f"AND params.labels_sha256 = '{training.labels_sha256}'"
    )
    weights = training.fine_tuning.parameters.get("weights_sha256")
    # a student may be trained anew on the same labels, to other weights
    return condition if weights is None else f"{condition} AND params.weights_sha256 = '{weights}'"


def _open_run(
    client: MlflowClient,
    experiment: str,
    parent: str,
    loop: Loop,
    training: Training,
    tags: dict[str, str],
) -> str:
    from mlflow.entities import Dataset, DatasetInput

    own = {
        PARENT_TAG: parent,
        TRAINING_TAG: training.name,
        "round": training.name,
        ROUND_TAG: training.labels_path.stem,
        LABELS_TAG: training.labels_sha256,
        **tags,
    }
    # its curves are there already if it was followed while it ran
    run_id = find_unfinished(client, experiment, parent, training.fine_tuning.training)
    if run_id is None:
        run_id = create_run(client, experiment, loop.key.name_run(today(), training.name), own)
    for name, text in own.items():
        client.set_tag(run_id, name, text)
    source = f"{training.labels_path.parent.name}/{training.labels_path.name}"
    labels = Dataset(training.name, training.labels_sha256[:32], "local", source)
    client.log_inputs(run_id, [DatasetInput(labels)])
    _refer_to_model(client, run_id, training.fine_tuning)
    return run_id


def _refer_to_model(client: MlflowClient, run_id: str, tuned: FineTuning) -> None:
    """Log where the weights lie; DVC keeps them, so they are not copied."""
    if tuned.reference:
        client.set_tag(run_id, MODEL_TAG, tuned.reference["path"])
        client.log_dict(run_id, tuned.reference, "model_reference.json")
