"""The quality of the labels, round by round, where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from libra_emo.evaluation.intervals import wilson_interval
from libra_emo.schemas import ORIGINS, RoundLabels, check

COLUMNS = (
    "round",
    "labelled",
    "known",
    "correct",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "fixed",
    "broken",
    *(f"share_{origin}" for origin in ORIGINS),
)


def measure_label_quality(
    labels_by_round: Mapping[int, pd.DataFrame], truth: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per round.

    Args:
        labels_by_round: RoundLabels by number of the round.
        truth: clip_id and label of the clips whose truth is known; may be empty.

    Returns:
        round; labelled, the number of labelled clips; known, how many of them have a known truth;
        correct, how many of these have the true label; accuracy, their share with its 95 % Wilson
        interval (NaN if no truth is known); fixed, clips that are correct now and were wrong or
        unlabelled in the round before; broken, clips that were correct before and are wrong now
        (both null in the first round); share_<origin>, the share of labels by origin.
    """
    rows: list[dict[str, Any]] = []
    before: pd.Series | None = None
    for number in sorted(labels_by_round):
        labels = check(labels_by_round[number], RoundLabels)
        known = labels.merge(truth, on="clip_id", suffixes=("", "_true"))
        correct = (known["label"] == known["label_true"]).set_axis(known["clip_id"])
        rows.append(
            {
                "round": number,
                "labelled": len(labels),
                **_accuracy(correct),
                **_changes(before, correct),
                **_origins(labels),
            }
        )
        before = correct
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"fixed": "Int64", "broken": "Int64"})


def _accuracy(correct: pd.Series) -> dict[str, Any]:
    known, hits = len(correct), int(correct.sum())
    low, high = wilson_interval(hits, known)
    return {
        "known": known,
        "correct": hits,
        "accuracy": hits / known if known else float("nan"),
        "accuracy_low": low,
        "accuracy_high": high,
    }


def _changes(before: pd.Series | None, correct: pd.Series) -> dict[str, Any]:
    if before is None:
        return {"fixed": None, "broken": None}
    was_correct = before.reindex(correct.index).eq(True)
    was_known = correct.index.isin(before.index)
    return {
        "fixed": int((correct & ~was_correct).sum()),
        "broken": int((~correct & was_correct & was_known).sum()),
    }


def _origins(labels: pd.DataFrame) -> dict[str, float]:
    counts = labels["origin"].value_counts()
    total = len(labels)
    return {
        f"share_{origin}": int(counts.get(origin, 0)) / total if total else float("nan")
        for origin in ORIGINS
    }
