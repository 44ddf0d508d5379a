"""The description of a loop's run: its rounds as a table, and where the rest is."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from libra_emo.tracking.metrics import (
    ASKED,
    CERTIFIED,
    CHANGED,
    FIXES_PER_HOUR,
    JUDGEMENTS,
    LABEL_ACCURACY,
    STUDENT_ACCURACY,
    STUDENT_MACRO_F1,
    Points,
)

SHARES = {
    CERTIFIED["certified_error"]: "certified error, %",
    CERTIFIED["certified_low"]: "from",
    CERTIFIED["certified_high"]: "to",
    LABEL_ACCURACY: "correct labels, %",
    STUDENT_ACCURACY: "student: accuracy, %",
    STUDENT_MACRO_F1: "student: macro F1, %",
}
COUNTS = {
    ASKED: "asked",
    CHANGED: "changed",
    JUDGEMENTS: "answers so far",
    FIXES_PER_HOUR: "expected right labels an hour",
}
TABLES = {
    "decisions.csv": "answers, certified error, and why the loop stops",
    "certificate.html": "the certificate of the labels",
    "rounds.csv": "all figures of the rounds",
    "bench_scores.csv": "all models on the bench, with intervals",
    "bench_versions.csv": "what these numbers rest on: data, answers, prompts, reply reader",
    "label_quality.csv": "labels against the truth",
    "voters/scores.csv": "voters on the bench",
    "results.html": "the page of results",
}
EXPERIMENT = (
    "One run for each loop, with its curves over the rounds; below it one run for each training. "
    "Tables, plots and the page of results are artifacts of the loop's run."
)


def describe_loop(points: Points, annotators: str | None, reports: Collection[Path]) -> str:
    """Return the description in Markdown.

    Args:
        points: Curves of the loop.
        annotators: Who answered: people or simulated; None before round 0.
        reports: Files that are artifacts of the run.
    """
    names = [name for name in (*COUNTS, *SHARES) if any(name == metric for metric, _ in points)]
    numbers = sorted({number for _, number in points})
    titles = ["round", *((COUNTS | SHARES)[name] for name in names)]
    rows = [titles, ["---"] * len(titles)]
    rows += [[str(number), *(_show(points, name, number) for name in names)] for number in numbers]
    lines = ["| " + " | ".join(row) + " |" for row in rows] if names else []
    if annotators == "simulated":
        lines += ["", "The annotators are simulated: the figures show that the process works."]
    kept = {path.as_posix() for path in reports}
    found = [
        f"- `{name}`: {what}"
        for name, what in TABLES.items()
        if any(path.endswith(f"/{name}") for path in kept)
    ]
    return "\n".join([*lines, "", "Among the artifacts:", *found] if found else lines)


def _show(points: Points, name: str, number: int) -> str:
    value = points.get((name, number))
    if value is None:
        return "–"
    return f"{100 * value:.1f}" if name in SHARES else f"{value:.0f}"
