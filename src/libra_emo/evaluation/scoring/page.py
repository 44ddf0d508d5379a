"""The report as one page of HTML that needs nothing else."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.evaluation.scoring.score_report import ScoreReport
from libra_emo.evaluation.scoring.tables import comparison_table
from libra_emo.evaluation.statistics.comparisons import smallest_p_value
from libra_emo.evaluation.statistics.intervals import Interval
from libra_emo.evaluation.statistics.scores import METRICS
from libra_emo.evaluation.templates import open_templates

TEMPLATE = Path(__file__).parent / "score.html.j2"
METRIC_NAMES = dict(
    zip(
        METRICS,
        (
            "accuracy (WAR)",
            "macro F1",
            "weighted F1",
            "UAR",
            "accuracy, negative",
            "macro F1, negative",
            "weighted F1, negative",
        ),
        strict=True,
    )
)
PAIRS = 60  # pairs and ids that the page shows; the tables have all
IDS = 40


def render_page(report: ScoreReport, figures: dict[str, tuple[str, bytes]]) -> str:
    """Return the page as HTML, its pictures inside.

    Args:
        report: What it shows.
        figures: Name → caption and PNG.
    """
    environment = open_templates(TEMPLATE.parent)
    environment.filters.update(
        percent=percent,
        points=lambda value: percent(value, "+.2f"),
        p_value=p_value,
        interval=interval,
        png=lambda data: base64.b64encode(data).decode("ascii"),
    )
    negative = any(report.clips.classes.negative)
    metrics = {
        name: title
        for name, title in METRIC_NAMES.items()
        if negative or not name.startswith("negative")
    }
    pairs = comparison_table(report)
    films = len(set(report.clips.film))
    return environment.get_template(TEMPLATE.name).render(
        r=report,
        models=[(report.models[place], report.ranks[place]) for place in report.best_first],
        calibrated=[
            report.models[place] for place in report.best_first if report.models[place].calibration
        ],
        metrics=metrics,
        films=films,
        pairs=pairs.head(PAIRS).to_dict("records"),
        more_pairs=max(0, len(pairs) - PAIRS),
        smallest_p=smallest_p_value(films, report.draws),
        figures=figures,
        reasons=_reasons(report),
        ids=IDS,
        published_scores=_published_scores(report),
    )


def percent(value: Any, form: str = ".2f") -> str:
    """Return a fraction as percent, a dash for what is not known."""
    return "–" if value is None or pd.isna(value) else format(100 * float(value), form)


def p_value(value: float) -> str:
    """Return a p-value with three decimals."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def interval(value: Interval) -> str:
    """Return an interval in percent."""
    return f"{percent(value.low, '.1f')} to {percent(value.high, '.1f')}"


def _reasons(report: ScoreReport) -> dict[str, int]:
    counts = report.clips.left_out["reason"].value_counts()
    return {str(reason): int(count) for reason, count in counts.items()}


def _published_scores(report: ScoreReport) -> list[str]:
    """Return the scores of the published rows that have no column of their own in the table."""
    names = dict.fromkeys(name for row in report.published for name in row.scores)
    return [name for name in names if name not in METRIC_NAMES]
