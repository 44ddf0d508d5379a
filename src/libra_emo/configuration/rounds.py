"""The rounds as dvc.yaml needs them: a mapping for each of its `foreach` lists."""

from __future__ import annotations

from typing import Any

ROUNDS = "rounds"
LABELS = "data/05_model_input/labels/round_{}.parquet"
REPORT = "data/08_reporting/rounds/round_{}.json"
MAJORITY = "data/04_feature/majority.parquet"
POOL = "data/03_primary/pool.parquet"


def describe_rounds(max_rounds: int) -> dict[str, Any]:
    """Return the mapping of rounds, from which dvc.yaml makes the stages of each round.

    Args:
        max_rounds: Number of rounds after round 0.

    Returns:
        The number of the last round (`last`); for `select`, `label` and `train`, round → what the
        round's stage depends on.
    """
    later = range(1, max_rounds + 1)
    first_labels = {"labels_before": MAJORITY, "options": "voting"}
    first_training = {"clips_before": POOL, "report_before": MAJORITY}
    return {
        "last": max_rounds,
        "select": {str(number): {"before": number - 1} for number in later},
        "label": {"0": first_labels, **{str(number): _label(number - 1) for number in later}},
        "train": {"0": first_training, **{str(number): _train(number - 1) for number in later}},
    }


def _label(before: int) -> dict[str, str]:
    return {"labels_before": LABELS.format(before), "options": "active_learning"}


def _train(before: int) -> dict[str, str]:
    return {"clips_before": LABELS.format(before), "report_before": REPORT.format(before)}
