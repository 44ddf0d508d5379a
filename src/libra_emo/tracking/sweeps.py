"""The runs of a sweep: one for the sweep, and below it one for each setting."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.digests import digest_file
from libra_emo.common.integrity.beside import read_checked
from libra_emo.tracking.connection.store import metric_name
from libra_emo.tracking.parent_runs import ChildRun, ParentRun, log_once
from libra_emo.tracking.tags import SWEEP_TAG

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

    def read() -> ParentRun:
        rows = pd.read_csv(BytesIO(read_checked(table))).to_dict("records")
        children = [_describe_setting({str(k): v for k, v in row.items()}) for row in rows]
        return ParentRun(parameters, children, [table, figure])

    key = f"{name} {digest_file(table)[:32]}"
    return log_once(f"sweep {name}", SWEEP_TAG, key, read, settings, project)


def _describe_setting(row: dict[str, Any]) -> ChildRun:
    parameters = {"setting": str(row["setting"])} | {name: str(row[name]) for name in COUNTS}
    metrics = {
        metric_name(name): float(value)
        for name, value in row.items()
        if name not in (*COUNTS, "setting") and pd.notna(value)
    }
    return ChildRun(str(row["setting"]), parameters, metrics)
