"""The runs of a sweep: one for the sweep, and below it one for each setting."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from libra_emo.common.digests import digest_file
from libra_emo.common.integrity.beside import read_checked
from libra_emo.tracking.connection.store import (
    connect,
    create_run,
    find_run,
    git_state,
    log_new,
    metric_name,
    today,
)
from libra_emo.tracking.tags import PARENT_TAG, SWEEP_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

COUNTS = ("clips", "n", "films")


def log_sweep(
    name: str,
    table: Path,
    figure: Path,
    parameters: dict[str, str],
    settings: dict[str, Any],
    project: Path,
) -> str:
    """Log a sweep with its settings as children, and return the id of its run.

    The same table is logged once: its run is found again by the digest of the table.

    Args:
        name: Name of the sweep.
        table: CSV file with one row a setting, see `run_sweep`.
        figure: Its figure.
        parameters: Parameters that all settings share, flat, as text, without secrets.
        settings: Values of `mlflow.yml`.
        project: Folder of the project.
    """
    client, experiment = connect(settings, project)
    key = f"{name} {digest_file(table)[:32]}"
    found = find_run(client, experiment, f"tags.`{SWEEP_TAG}` = '{key}'")
    if found is not None:
        return found
    title = f"sweep {name} {today().isoformat()}"
    tags = git_state(project)
    run_id = create_run(client, experiment, title, tags)
    log_new(client, run_id, parameters, {})
    for row in pd.read_csv(BytesIO(read_checked(table))).to_dict("records"):
        _log_setting(client, experiment, run_id, {str(k): v for k, v in row.items()}, tags)
    for path in (table, figure):
        client.log_artifact(run_id, str(path))
    client.set_tag(run_id, SWEEP_TAG, key)  # last, so that a sweep half logged is logged again
    client.set_terminated(run_id, "FINISHED")
    return run_id


def _log_setting(
    client: MlflowClient, experiment: str, parent: str, row: dict[str, Any], tags: dict[str, str]
) -> None:
    own = {PARENT_TAG: parent, **tags}
    run_id = create_run(client, experiment, str(row["setting"]), own)
    parameters = {"setting": str(row["setting"])} | {name: str(row[name]) for name in COUNTS}
    points = {
        (metric_name(name), 0): float(value)
        for name, value in row.items()
        if name not in (*COUNTS, "setting") and pd.notna(value)
    }
    log_new(client, run_id, parameters, points)
    client.set_terminated(run_id, "FINISHED")
