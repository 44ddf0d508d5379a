"""Brings MLflow to what the files say: nothing twice, nothing that is no longer so."""

from __future__ import annotations

import logging
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from libra_emo.tracking.facts import Loop, Training
from libra_emo.tracking.fine_tuning import FineTuning

if TYPE_CHECKING:
    from mlflow import MlflowClient

LOOP_TAG = "libra_emo.loop"
TRAINING_TAG = "libra_emo.training"
# a run from a round of labels, and back: their round and their file's digest
ROUND_TAG = "libra_emo.label_round"
LABELS_TAG = "libra_emo.labels_sha256"
MODEL_TAG = "libra_emo.model"
SUPERSEDED_TAG = "libra_emo.superseded_loop"
PARENT_TAG = "mlflow.parentRunId"
NAME_TAG = "mlflow.runName"
SQLITE_FILE = "sqlite:///"

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
    client, experiment = _connect(settings, project)
    tags = git_state(project)
    run_id = _find(client, experiment, f"tags.`{LOOP_TAG}` = '{loop.identity}'")
    if run_id is not None and _disagrees(client, run_id, loop):
        _set_aside(client, experiment, run_id, loop.identity)
        run_id = None
    if run_id is None:
        name = f"loop {loop.identity[:8]}"
        run_id = _create(client, experiment, name, {LOOP_TAG: loop.identity, **tags})
    _log_new(client, run_id, loop.parameters, _points(loop))
    for training in loop.trainings:
        _log_training(client, experiment, run_id, loop, training, tags)
    for path in loop.reports:
        folder = path.relative_to(project / "data/08_reporting").parent.as_posix()
        client.log_artifact(run_id, str(path), None if folder == "." else folder)
    _close(client, run_id, loop, ending)
    return run_id


def git_state(project: Path) -> dict[str, str]:
    """Return the commit and whether there are changes that it lacks; empty outside of git."""
    commit = _git(project, "rev-parse", "HEAD")
    if commit is None:
        return {}
    changed = _git(project, "status", "--porcelain", "--untracked-files=no")
    return {"mlflow.source.git.commit": commit, "git_dirty": str(bool(changed)).lower()}


def _git(project: Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", *arguments], cwd=project, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def _connect(settings: dict[str, Any], project: Path) -> tuple[MlflowClient, str]:
    from mlflow import MlflowClient

    # importing it has just set it up to tell of every table that it makes
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    client = MlflowClient(_placed(settings["tracking_uri"], project))
    name = settings["experiment"]
    found = client.get_experiment_by_name(name)
    if found is not None:
        return client, found.experiment_id
    artifacts = settings.get("artifacts")
    place = (project / artifacts).as_uri() if artifacts and "://" not in artifacts else artifacts
    return client, client.create_experiment(name, artifact_location=place)


def _placed(uri: str, project: Path) -> str:
    """Return a tracking URI with a relative SQLite file placed in the project."""
    if not uri.startswith(SQLITE_FILE) or uri.startswith(f"{SQLITE_FILE}/"):
        return uri
    path = project / uri.removeprefix(SQLITE_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"{SQLITE_FILE}{path.as_posix()}"


def _find(client: MlflowClient, experiment: str, condition: str) -> str | None:
    found = client.search_runs([experiment], condition, max_results=1)
    return found[0].info.run_id if found else None


def _create(client: MlflowClient, experiment: str, name: str, tags: dict[str, str]) -> str:
    run_id: str = client.create_run(experiment, tags=tags, run_name=name).info.run_id
    return run_id


def _points(loop: Loop) -> dict[tuple[str, int], float]:
    """Return metric and step → value."""
    points = {
        (_metric_name(name), number): value
        for number, figures in loop.rounds.items()
        for name, value in figures.items()
    }
    return {**points, **{(_metric_name(name), 0): value for name, value in loop.scores.items()}}


def _metric_name(name: str) -> str:
    return re.sub(r"[^\w\-. :/]", "_", name, flags=re.ASCII)


def _logged(client: MlflowClient, run_id: str) -> dict[tuple[str, int], float]:
    names = client.get_run(run_id).data.metrics
    return {
        (name, point.step): point.value
        for name in names
        for point in client.get_metric_history(run_id, name)
    }


def _disagrees(client: MlflowClient, run_id: str, loop: Loop) -> bool:
    now = _points(loop)
    return any(now.get(point, value) != value for point, value in _logged(client, run_id).items())


def _set_aside(client: MlflowClient, experiment: str, run_id: str, identity: str) -> None:
    client.set_tag(run_id, SUPERSEDED_TAG, identity)
    client.delete_tag(run_id, LOOP_TAG)


def _log_new(
    client: MlflowClient,
    run_id: str,
    parameters: dict[str, str],
    points: dict[tuple[str, int], float],
    times: dict[tuple[str, int], int] | None = None,
) -> None:
    """Log the parameters and points that the run does not have yet, at their times if known."""
    from mlflow.entities import Metric, Param

    there, known = _logged(client, run_id), client.get_run(run_id).data.params
    now = int(time.time() * 1000)
    metrics = [
        Metric(name, value, (times or {}).get((name, step), now), step)
        for (name, step), value in points.items()
        if (name, step) not in there
    ]
    params = [Param(name, text) for name, text in parameters.items() if name not in known]
    for start in range(0, max(len(metrics), len(params)), 100):
        client.log_batch(run_id, metrics[start : start + 100], params[start : start + 100])


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
    run_id = _find(client, experiment, condition)
    if run_id is None:
        own = {
            PARENT_TAG: parent,
            TRAINING_TAG: training.name,
            "round": training.name,
            ROUND_TAG: training.labels_path.stem,
            LABELS_TAG: training.labels_sha256,
            **tags,
        }
        run_id = _create(client, experiment, training.name, own)
        source = f"{training.labels_path.parent.name}/{training.labels_path.name}"
        labels = Dataset(training.name, training.labels_sha256[:32], "local", source)
        client.log_inputs(run_id, [DatasetInput(labels)])
        _refer_to_model(client, run_id, told)
    parameters = {
        **loop.parameters,
        **told.parameters,
        "labels_sha256": training.labels_sha256,
    }
    points = {(_metric_name(name), 0): value for name, value in training.metrics.items()}
    times = {(_metric_name(p.name), p.step): p.time_ms for p in told.points}
    points |= {(_metric_name(p.name), p.step): p.value for p in told.points}
    _log_new(client, run_id, parameters, points, times)
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
