"""What happens in the explanation: texts and what became of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.explanations import writer
from libra_emo.explanations.checks import count_statuses
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.taxonomy import Taxonomy


def write_explanations(
    labels: pd.DataFrame,
    features: pd.DataFrame,
    taxonomy: Taxonomy,
    explanation: ExplanationOptions,
) -> pd.DataFrame:
    """Return Explanations, one row a labelled clip, each with what its checks say."""
    return writer.write_explanations(labels, features, taxonomy, explanation)


def report_explanations(explanations: pd.DataFrame) -> dict[str, Any]:
    """Return how many texts there are, by status and by label, and how long they are."""
    passed = explanations[explanations["status"] == "ok"]
    by_label = explanations.groupby("label")["status"].agg(
        clips="size", passed=lambda s: int(s.eq("ok").sum())
    )
    return {
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
