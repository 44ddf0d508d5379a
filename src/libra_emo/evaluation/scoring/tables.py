"""The report's tables, and how they are written as CSV, Markdown and LaTeX."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.evaluation.scoring.score_report import ModelScore, ScoreReport
from libra_emo.evaluation.statistics.scores import METRICS

PUBLISHED = "published, not measured here"
MEASURED = "measured here"
_LATEX = str.maketrans({char: f"\\{char}" for char in "&%$#_{}"})


def score_table(report: ScoreReport) -> pd.DataFrame:
    """Return a row a model, the best first, then the published rows; shares are fractions.

    Columns: model, modalities, origin, clips with an answer, coverage, the statuses, each score
    with its interval, accuracy and UAR over readable answers, and the bounds of the accuracy.
    """
    rows = [_score_row(report.models[place], report, place) for place in report.best_first]
    for row in report.published:
        rows.append(
            {
                "model": row.model,
                "modalities": row.modalities,
                "origin": f"{row.table}: {PUBLISHED}",
                **{f"{name}": value for name, value in row.scores.items()},
            }
        )
    return pd.DataFrame(rows)


def class_table(report: ScoreReport) -> pd.DataFrame:
    """Return a row a model and class: counts, precision, recall with its interval, F1."""
    rows = []
    for model in (report.models[place] for place in report.best_first):
        for number, name in enumerate(report.clips.classes.names):
            interval = model.recalls[number]
            rows.append(
                {
                    "model": model.name,
                    "class": name,
                    **{key: values[number] for key, values in model.classes.items()},
                    "recall_low": interval.low,
                    "recall_high": interval.high,
                }
            )
    return pd.DataFrame(rows)


def comparison_table(report: ScoreReport) -> pd.DataFrame:
    """Return a row a pair of models, the better one first, the surest differences on top."""
    rows = []
    for pair in report.comparisons:
        turned = pair.difference < 0
        first, second = (pair.second, pair.first) if turned else (pair.first, pair.second)
        sign = -1 if turned else 1
        alone = (pair.only_first, pair.only_second)[::sign]
        rows.append(
            {
                "better": report.models[first].name,
                "worse": report.models[second].name,
                "clips": pair.clips,
                "films": pair.films if report.clips.films_known else None,
                "difference": abs(pair.difference),
                "difference_low": -pair.high if turned else pair.low,
                "difference_high": -pair.low if turned else pair.high,
                "only_better": alone[0],
                "only_worse": alone[1],
                "p_value": pair.p_value,
                "p_holm": pair.p_holm,
                "p_mcnemar": pair.p_mcnemar,
                "significant": pair.significant,
            }
        )
    columns = [
        "better", "worse", "clips", "films", "difference", "difference_low", "difference_high",
        "only_better", "only_worse", "p_value", "p_holm", "p_mcnemar", "significant",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["p_holm", "p_value"], kind="stable", ignore_index=True)


def confusion_tables(report: ScoreReport) -> pd.DataFrame:
    """Return a row a model, true class and answer: the number of clips, where there are any."""
    names = report.clips.classes.names
    answers = [*names, "another label", "no label", "no answer"]
    rows = [
        {"model": model.name, "truth": names[true], "answer": answers[given], "clips": count}
        for model in report.models
        for true in range(len(names))
        for given, count in enumerate(model.confusion[true])
        if count
    ]
    return pd.DataFrame(rows, columns=["model", "truth", "answer", "clips"])


def open_clips_table(report: ScoreReport) -> pd.DataFrame:
    """Return a row a model and clip that has no label, and why."""
    rows = [
        {"model": model.name, "clip_id": clip, "status": status}
        for model in report.models
        for status, clips in (
            ("no label", model.without_label),
            ("failed", model.failed),
            ("missing", model.missing),
        )
        for clip in clips
    ]
    return pd.DataFrame(rows, columns=["model", "clip_id", "status"])


def people_table(report: ScoreReport) -> pd.DataFrame:
    """Return a row a model: calibration, distance to the votes, and the annotator test."""
    rows = []
    for model in (report.models[place] for place in report.best_first):
        row: dict[str, Any] = {"model": model.name}
        for part in (model.calibration, model.soft, model.alternative):
            row.update(part._asdict() if part else {})
        rows.append(row)
    return pd.DataFrame(rows)


def to_markdown(table: pd.DataFrame) -> str:
    """Return a table in Markdown, numbers with four decimals."""
    head = list(map(str, table.columns))
    lines = [head, ["---"] * len(head), *(_cells(row) for row in table.itertuples(index=False))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def to_latex(table: pd.DataFrame) -> str:
    """Return a table in LaTeX with booktabs' rules."""
    columns = "l" * len(table.columns)
    lines = [
        f"\\begin{{tabular}}{{{columns}}}",
        "\\toprule",
        _latex_line(list(map(str, table.columns))),
        "\\midrule",
        *(_latex_line(_cells(row)) for row in table.itertuples(index=False)),
        "\\bottomrule",
        "\\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _score_row(model: ModelScore, report: ScoreReport, place: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "model": model.model if model.modalities else model.name,
        "modalities": model.modalities,
        "origin": MEASURED,
        "rank_low": int(report.ranks[place, 0]),
        "rank_high": int(report.ranks[place, 1]),
        "coverage": model.coverage,
        **model.statuses,
    }
    for name in METRICS:
        interval = model.scores[name]
        row |= {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
    for name in ("accuracy", "uar"):
        row[f"{name}_readable"] = model.readable[name].estimate
        row[f"{name}_if_wrong"] = model.bounds_all[name].low
        row[f"{name}_if_right"] = model.bounds_all[name].high
    row["accuracy_low_over_clips"], row["accuracy_high_over_clips"] = model.clip_bootstrap
    if report.versions:
        versions = report.versions[place]._asdict()
        row |= {f"{name}_version": value for name, value in versions.items()}
    return row


def _latex_line(cells: list[str]) -> str:
    return " & ".join(cell.translate(_LATEX) for cell in cells) + r" \\"


def _cells(row: Any) -> list[str]:
    return [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    return f"{value:.4f}" if isinstance(value, float) else str(value)
