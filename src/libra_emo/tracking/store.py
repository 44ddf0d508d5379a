"""MLflow's store: reached, its runs found, made, and given what they lack."""

from __future__ import annotations

import logging
import re
import subprocess
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

SQLITE_FILE = "sqlite:///"


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
    """Return a client and the experiment's id, both made where they are not there yet.

    Args:
        settings: `mlflow.yml`: tracking_uri, experiment, artifacts.
        project: Where relative paths start.
    """
    from mlflow import MlflowClient

    # importing it has just set it up to tell of every table that it makes
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    client = MlflowClient(place_uri(settings["tracking_uri"], project))
    name = settings["experiment"]
    found = client.get_experiment_by_name(name)
    if found is not None:
        return client, found.experiment_id
    artifacts = settings.get("artifacts")
    place = (project / artifacts).as_uri() if artifacts and "://" not in artifacts else artifacts
    return client, client.create_experiment(name, artifact_location=place)


def place_uri(uri: str, project: Path) -> str:
    """Return a tracking URI with a relative SQLite file placed in the project."""
    if not uri.startswith(SQLITE_FILE) or uri.startswith(f"{SQLITE_FILE}/"):
        return uri
    path = project / uri.removeprefix(SQLITE_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"{SQLITE_FILE}{path.as_posix()}"


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
    """Return metric and step → value, of all that a run has."""
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
        client: MLflow's.
        run_id: The run.
        parameters: As text.
        points: Metric and step → value.
        times: Metric and step → milliseconds since 1970, where known; now otherwise.
        known: The points that it has; asked for where not given.
    """
    from mlflow.entities import Metric, Param

    there = logged(client, run_id) if known is None else known
    now = int(time.time() * 1000)
    metrics = [
        Metric(name, value, (times or {}).get((name, step), now), step)
        for (name, step), value in points.items()
        if (name, step) not in there
    ]
    told = client.get_run(run_id).data.params if parameters else {}
    params = [Param(name, text) for name, text in parameters.items() if name not in told]
    for start in range(0, max(len(metrics), len(params)), 100):
        client.log_batch(run_id, metrics[start : start + 100], params[start : start + 100])
