"""Access to MLflow: the experiment, finding and making runs, logging what they lack."""

from __future__ import annotations

import logging
import re
import subprocess
import time
from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.tracking.connection.relocation import relocate_artifacts
from libra_emo.tracking.connection.server import check_server
from libra_emo.tracking.summary import EXPERIMENT
from libra_emo.tracking.tags import KIND_TAG, NOTE_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

SQLITE_FILE = "sqlite:///"
# MLflow's name for an experiment that trains models, as against one about prompts and agents
TRAINING_KIND = "custom_model_development"


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


def connect(settings: dict[str, Any], project: Path) -> tuple[MlflowClient, str]:
    """Return a client and the id of the experiment, which is made where it is missing.

    Args:
        settings: Values of `mlflow.yml`: tracking_uri, experiment, artifacts.
        project: Folder where relative paths start.

    Raises:
        TrackingServerAwayError: If the tracking server does not answer.
    """
    check_server(settings["tracking_uri"])
    relocate(settings, project)
    from mlflow import MlflowClient

    # importing it has just set it up to report every table that it makes
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    client = MlflowClient(place_uri(settings["tracking_uri"], project))
    name = settings["experiment"]
    found = client.get_experiment_by_name(name)
    if found is not None:
        if KIND_TAG not in found.tags:
            client.set_experiment_tag(found.experiment_id, KIND_TAG, TRAINING_KIND)
        return client, found.experiment_id
    artifacts = settings.get("artifacts")
    place = (project / artifacts).as_uri() if artifacts and "://" not in artifacts else artifacts
    tags = {KIND_TAG: TRAINING_KIND, NOTE_TAG: EXPERIMENT}
    return client, client.create_experiment(name, artifact_location=place, tags=tags)


def relocate(settings: dict[str, Any], project: Path) -> None:
    """Let the artifacts lie in this project, if the store is a file that was copied or moved."""
    artifacts = str(settings.get("artifacts") or "")
    uri = place_uri(settings["tracking_uri"], project)
    local = artifacts and "://" not in artifacts and not Path(artifacts).is_absolute()
    if local and uri.startswith(SQLITE_FILE):
        database = Path(uri.removeprefix(SQLITE_FILE))
        relocate_artifacts(database, settings["experiment"], artifacts, project)


def place_uri(uri: str, project: Path) -> str:
    """Return a tracking URI with a relative SQLite file placed in the project."""
    if not uri.startswith(SQLITE_FILE) or uri.startswith(f"{SQLITE_FILE}/"):
        return uri
    path = project / uri.removeprefix(SQLITE_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"{SQLITE_FILE}{path.as_posix()}"


def today() -> date:
    """Return the day in UTC, as MLflow counts time."""
    return datetime.now(UTC).date()


def find_run(client: MlflowClient, experiment: str, condition: str) -> str | None:
    """Return the id of a run that meets a condition, or None."""
    found = client.search_runs([experiment], condition, max_results=1)
    return found[0].info.run_id if found else None


def create_run(client: MlflowClient, experiment: str, name: str, tags: dict[str, str]) -> str:
    """Return the id of a new run."""
    run_id: str = client.create_run(experiment, tags=tags, run_name=name).info.run_id
    return run_id


def metric_name(name: str) -> str:
    """Return a name as MLflow allows it."""
    return re.sub(r"[^\w\-. :/]", "_", name, flags=re.ASCII)


def logged(client: MlflowClient, run_id: str) -> dict[tuple[str, int], float]:
    """Return metric and step → value of all points of a run."""
    names = client.get_run(run_id).data.metrics
    return {
        (name, point.step): point.value
        for name in names
        for point in client.get_metric_history(run_id, name)
    }


def log_new(
    client: MlflowClient,
    run_id: str,
    parameters: dict[str, str],
    points: dict[tuple[str, int], float],
    times: dict[tuple[str, int], int] | None = None,
    known: Collection[tuple[str, int]] | None = None,
) -> None:
    """Log the parameters and points that a run does not have yet.

    Args:
        client: Client of MLflow.
        run_id: Id of the run.
        parameters: Parameters as text.
        points: Metric and step → value.
        times: Metric and step → milliseconds since 1970, where known; now otherwise.
        known: Points that the run has; they are looked up where this is None.
    """
    from mlflow.entities import Metric, Param

    there = logged(client, run_id) if known is None else known
    now = int(time.time() * 1000)
    metrics = [
        Metric(name, value, (times or {}).get((name, step), now), step)
        for (name, step), value in points.items()
        if (name, step) not in there
    ]
    kept = client.get_run(run_id).data.params if parameters else {}
    params = [Param(name, text) for name, text in parameters.items() if name not in kept]
    for start in range(0, max(len(metrics), len(params)), 100):
        client.log_batch(run_id, metrics[start : start + 100], params[start : start + 100])
