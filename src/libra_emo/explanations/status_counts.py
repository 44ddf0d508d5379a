"""Counts of the texts by status, check and request, and their cost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from libra_emo.schemas import COUNTED_STATUSES, EXPLANATION_STATUSES

EXAMPLE_CHARACTERS = 120
COLUMNS = ("attempt", "status", "texts", "cost_usd", "example")
LAST = "last"


def report_texts(explanations: pd.DataFrame, attempts: pd.DataFrame) -> dict[str, Any]:
    """Return the numbers of texts by status and by label, and their mean length.

    If a model was asked, the report also has the number of requests, the failed checks and the
    cost.

    Args:
        explanations: `Explanations`.
        attempts: `ExplanationAttempts`; empty if no model was asked.
    """
    passed = explanations[explanations["status"].isin(COUNTED_STATUSES)]
    by_label = explanations.groupby("label")["status"].agg(
        clips="size", passed=lambda s: int(s.isin(COUNTED_STATUSES).sum())
    )
    report: dict[str, Any] = {
        "writers": sorted(explanations["writer"].unique().tolist()),
        "clips": len(explanations),
        "statuses": count_statuses(explanations),
        "different_texts": int(explanations["explanation"].nunique()),
        "mean_characters": float(passed["explanation"].str.len().mean()),
        "by_label": {
            str(label): {"clips": int(row["clips"]), "passed": int(row["passed"])}
            for label, row in by_label.iterrows()
        },
    }
    if len(attempts):
        report["passed"] = len(passed)
        report["requests"] = {
            str(number): len(rows) for number, rows in attempts.groupby("attempt")
        }
        report["failed_checks"] = _count_faults(attempts)
        report["cost_usd"] = round(float(attempts["cost_usd"].sum()), 6)
        report["prompt_tokens"] = int(attempts["prompt_tokens"].sum())
        report["completion_tokens"] = int(attempts["completion_tokens"].sum())
    return report


def count_statuses(explanations: pd.DataFrame) -> dict[str, int]:
    """Return the number of texts by final status, `ok` first."""
    counts = explanations["status"].value_counts()
    names = sorted(counts.index, key=lambda name: (name != "ok", name))
    return {name: int(counts[name]) for name in names}


def tabulate_statuses(explanations: pd.DataFrame, attempts: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each request and status: number of texts, their cost, and the first text.

    `attempt` is 1, 2, … for the requests, and `last` for the final status of the clips.
    """
    cost = attempts.groupby("clip_id")["cost_usd"].sum()
    ended = explanations.assign(attempt=LAST, cost_usd=explanations["clip_id"].map(cost).fillna(0))
    asked = attempts.assign(attempt=attempts["attempt"].astype(str))
    columns = ["attempt", "status", "cost_usd", "explanation"]
    rows: list[dict[str, object]] = []
    for table in (asked[columns], ended[columns]):
        for (attempt, status), some in table.groupby(["attempt", "status"], sort=True):
            row = {
                "attempt": attempt,
                "status": status,
                "texts": len(some),
                "cost_usd": round(float(some["cost_usd"].sum()), 6),
                "example": _shorten(next(iter(some["explanation"].dropna()), "")),
            }
            rows.append(row)
    order = {status: place for place, status in enumerate(EXPLANATION_STATUSES)}
    rows.sort(key=lambda row: (row["attempt"] == LAST, row["attempt"], order[str(row["status"])]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _count_faults(attempts: pd.DataFrame) -> dict[str, int]:
    faults = Counter(fault for names in attempts["faults"] for fault in names.split(", ") if fault)
    return dict(sorted(faults.items(), key=lambda pair: (-pair[1], pair[0])))


def _shorten(text: str) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= EXAMPLE_CHARACTERS else text[: EXAMPLE_CHARACTERS - 1] + "…"
