"""How right the labels are, round by round, where the truth is known."""

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
    """Return one row a round.

    Args:
        labels_by_round: Round → `RoundLabels`.
        truth: clip_id and label of the clips whose truth is known; may be empty.

    Returns:
        round; labelled clips; those whose truth is known, and of these the correct ones with their
        share and its 95 % Wilson interval (NaN where nothing is known); `fixed`, wrong or
        unlabelled in the round before and right now, and `broken`, right before and wrong now
        (null in the first round); and the share of labels by origin.
    """
    rows: list[dict[str, Any]] = []
    before: pd.Series | None = None
    for number in sorted(labels_by_round):
        labels = check(labels_by_round[number], RoundLabels)
        judged = labels.merge(truth, on="clip_id", suffixes=("", "_true"))
        right = (judged["label"] == judged["label_true"]).set_axis(judged["clip_id"])
        rows.append(
            {
                "round": number,
                "labelled": len(labels),
                **_share_right(right),
                **_changes(before, right),
                **_origins(labels),
            }
        )
        before = right
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"fixed": "Int64", "broken": "Int64"})


def _share_right(right: pd.Series) -> dict[str, Any]:
    known, correct = len(right), int(right.sum())
    low, high = wilson_interval(correct, known)
    return {
        "known": known,
        "correct": correct,
        "accuracy": correct / known if known else float("nan"),
        "accuracy_low": low,
        "accuracy_high": high,
    }


def _changes(before: pd.Series | None, right: pd.Series) -> dict[str, Any]:
    if before is None:
        return {"fixed": None, "broken": None}
    was_right = before.reindex(right.index).eq(True)
    was_known = right.index.isin(before.index)
    return {
        "fixed": int((right & ~was_right).sum()),
        "broken": int((~right & was_right & was_known).sum()),
    }


def _origins(labels: pd.DataFrame) -> dict[str, float]:
    counts = labels["origin"].value_counts()
    total = len(labels)
    return {
        f"share_{origin}": int(counts.get(origin, 0)) / total if total else float("nan")
        for origin in ORIGINS
    }
