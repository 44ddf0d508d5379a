"""The runs of a report of scores: one for the report, and below it one for each model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from libra_emo.common.digests import digest_file
from libra_emo.evaluation.scoring.report_folder import SUMMARY
from libra_emo.evaluation.scoring.score_report import ScoreReport
from libra_emo.evaluation.scoring.summary import summarise
from libra_emo.evaluation.statistics.scores import METRICS
from libra_emo.tracking.connection.store import metric_name
from libra_emo.tracking.parent_runs import ChildRun, ParentRun, log_once
from libra_emo.tracking.tags import SCORES_TAG

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

    def read() -> ParentRun:
        summary = summarise(report)
        children = [_describe_model(model) for model in summary["models"]]
        return ParentRun(_describe(summary), children, [folder])

    key = digest_file(folder / SUMMARY)[:32]
    return log_once(f"scores {report.clips.name}", SCORES_TAG, key, read, settings, project)


def _describe(summary: dict[str, Any]) -> dict[str, str]:
    """Return the parameters of a report: the set, the draws, and what was read."""
    names = ("set", "clips", "films", "seed", "draws")
    read = {metric_name(name): value for name, value in summary["provenance"].items()}
    return {**{name: str(summary[name]) for name in names}, **read}


def _describe_model(model: dict[str, Any]) -> ChildRun:
    versions = {f"{name}_version": value for name, value in (model["versions"] or {}).items()}
    parameters = {"model": model["model"], "modalities": model["modalities"], **versions}
    points: dict[str, Any] = {name: model[name] for name in (*METRICS, *COUNTED, *READABLE)}
    points["missing"] = len(model["missing"])
    for name in METRICS:
        points[f"{name}_low"], points[f"{name}_high"] = model["intervals"][name]
    metrics = {name: float(value) for name, value in points.items() if value is not None}
    shown = {name: str(value) for name, value in parameters.items() if value}
    return ChildRun(str(model["model"]), shown, metrics)
