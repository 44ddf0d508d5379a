"""The runs of a report of scores: one for the report, and below it one for each model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from libra_emo.common.digests import digest_file
from libra_emo.evaluation.scoring.report_folder import SUMMARY
from libra_emo.evaluation.scoring.score_report import ScoreReport
from libra_emo.evaluation.scoring.summary import summarise
from libra_emo.evaluation.statistics.scores import METRICS
from libra_emo.tracking.connection.store import (
    connect,
    create_run,
    find_run,
    git_state,
    log_new,
    metric_name,
    today,
)
from libra_emo.tracking.tags import PARENT_TAG, SCORES_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

COUNTED = ("coverage", "unreadable")
READABLE = ("accuracy_readable", "uar_readable")


def log_scores(report: ScoreReport, folder: Path, settings: dict[str, Any], project: Path) -> str:
    """Log a report with its models as children, and return the id of its run.

    The same report is logged once: its run is found again by the digest of its summary.

    Args:
        report: The report.
        folder: Folder into which it was written; all of it becomes artifacts.
        settings: Values of `mlflow.yml`.
        project: Folder of the project.
    """
    client, experiment = connect(settings, project)
    key = digest_file(folder / SUMMARY)[:32]
    found = find_run(client, experiment, f"tags.`{SCORES_TAG}` = '{key}'")
    if found is not None:
        return found
    summary, tags = summarise(report), git_state(project)
    run_id = create_run(client, experiment, f"scores {report.clips.name} {today()}", tags)
    log_new(client, run_id, _describe(summary), {})
    for model in summary["models"]:
        _log_model(client, experiment, run_id, model, tags)
    client.log_artifacts(run_id, str(folder))
    client.set_tag(run_id, SCORES_TAG, key)  # last, so that a report half logged is logged again
    client.set_terminated(run_id, "FINISHED")
    return run_id


def _describe(summary: dict[str, Any]) -> dict[str, str]:
    """Return the parameters of a report: the set, the draws, and what was read."""
    names = ("set", "clips", "films", "seed", "draws")
    read = {metric_name(name): value for name, value in summary["provenance"].items()}
    return {**{name: str(summary[name]) for name in names}, **read}


def _log_model(
    client: MlflowClient, experiment: str, parent: str, model: dict[str, Any], tags: dict[str, str]
) -> None:
    run_id = create_run(client, experiment, str(model["model"]), {PARENT_TAG: parent, **tags})
    versions = {f"{name}_version": value for name, value in (model["versions"] or {}).items()}
    parameters = {"model": model["model"], "modalities": model["modalities"], **versions}
    points: dict[str, Any] = {name: model[name] for name in (*METRICS, *COUNTED, *READABLE)}
    points["missing"] = len(model["missing"])
    for name in METRICS:
        points[f"{name}_low"], points[f"{name}_high"] = model["intervals"][name]
    known = {(name, 0): float(value) for name, value in points.items() if value is not None}
    shown = {name: str(value) for name, value in parameters.items() if value}
    log_new(client, run_id, shown, known)
    client.set_terminated(run_id, "FINISHED")
