"""The few numbers of a loop that are compared at a glance; the rest are tables among its artifacts.

MLflow draws one chart a metric, in alphabetical order: these fit a screen; those of the certified
error are there only with an audit. Their names are short, since their charts' titles are cut.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from libra_emo.pipelines.active_learning.report import RoundReport
from libra_emo.pipelines.active_learning.stopping_criterion import StopDecision

if TYPE_CHECKING:
    import pandas as pd

LABEL_ACCURACY = "label_accuracy"
ASKED = "asked"
CHANGED = "changed"
STUDENT_ACCURACY = "accuracy"
STUDENT_MACRO_F1 = "macro_f1"
JUDGEMENTS = "judgements"
FIXES_PER_HOUR = "fixes_per_hour"
CERTIFIED = {
    "certified_error": "error",
    "certified_low": "error_low",
    "certified_high": "error_high",
}
CURVES = (
    *(LABEL_ACCURACY, ASKED, CHANGED, STUDENT_ACCURACY, STUDENT_MACRO_F1),
    *(JUDGEMENTS, FIXES_PER_HOUR, *CERTIFIED.values()),
)
STUDENT_SCORES = ("accuracy", "macro_f1", "weighted_f1", "negative_accuracy", "negative_macro_f1")

Points = dict[tuple[str, int], float]


def collect_curves(
    reports: Mapping[int, RoundReport],
    label_quality: pd.DataFrame | None,
    decisions: Mapping[int, StopDecision] | None = None,
) -> Points:
    """Return metric and round → value, of the curves.

    Args:
        reports: Report of each round.
        label_quality: Columns round and accuracy, where the truth is known; None before that.
        decisions: Whether the loop stops, after each round.
    """
    points: dict[tuple[str, int], float | None] = {}
    for number, report in reports.items():
        points[ASKED, number] = report.sampled
        points[CHANGED, number] = report.changed
        points[STUDENT_ACCURACY, number] = report.metrics.get("accuracy")
        points[STUDENT_MACRO_F1, number] = report.metrics.get("macro_f1")
    for number, decision in (decisions or {}).items():
        points[JUDGEMENTS, number] = decision.judgements
        points[FIXES_PER_HOUR, number] = decision.fixes_per_hour
        for name, curve in CERTIFIED.items():
            points[curve, number] = getattr(decision, name)
    if label_quality is not None:
        for row in label_quality.to_dict("records"):
            if int(row["round"]) in reports:
                points[LABEL_ACCURACY, int(row["round"])] = float(row["accuracy"])
    return {
        point: float(value)
        for point, value in points.items()
        if value is not None and not math.isnan(value)
    }


def score_student(scores: Mapping[str, float]) -> dict[str, float]:
    """Return the scores that a training's run shows.

    Args:
        scores: All scores of the student on the bench, by their names.
    """
    return {
        name: float(scores[name])
        for name in STUDENT_SCORES
        if name in scores and not math.isnan(float(scores[name]))
    }


def find_student_row(bench_scores: pd.DataFrame, models: list[str]) -> dict[str, float]:
    """Return the scores of the trained student that sees most; empty where there are none.

    Args:
        bench_scores: The table of that name, a row for each model and set of modalities.
        models: Names under which the trained student is evaluated.
    """
    rows = bench_scores[bench_scores["model"].isin(models)].to_dict("records")
    if not rows:
        return {}
    row = max(rows, key=lambda row: len(row["modalities"]))
    return {str(name): value for name, value in row.items() if name in STUDENT_SCORES}
