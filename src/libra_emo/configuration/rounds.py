"""The rounds as dvc.yaml needs them: a mapping for each of its `foreach` lists."""

from __future__ import annotations

from typing import Any

ROUNDS = "rounds"
LABELS = "data/05_model_input/labels/round_{}.parquet"
REPORT = "data/08_reporting/rounds/round_{}.json"
SOFT_LABELS = "data/05_model_input/soft_labels/round_{}.parquet"
POSTERIOR = "data/04_feature/posteriors/round_{}.parquet"
VOTES_SO_FAR = "data/04_feature/votes_so_far/round_{}.parquet"
AUDIT = "data/04_feature/audits/round_{}.parquet"
PREDICTIONS = "data/07_model_output/round_{}_predictions.parquet"
JUDGED = "data/07_model_output/judged/round_{}.parquet"
MACHINE_VOTES = "data/04_feature/machine_votes.parquet"
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
    # round 0 has none of these; a table that its stage depends on anyway stands for each
    lacking = [
        *("audit", "posterior_before", "predictions", "report_before"),
        *("soft_labels_before", "votes_before"),
    ]
    first_labels = {"labels_before": MAJORITY, "options": "voting"}
    first_labels |= dict.fromkeys(lacking, MACHINE_VOTES)
    first_training = {"clips_before": POOL, "report_before": MAJORITY, "judged_before": POOL}
    return {
        "last": max_rounds,
        "select": {str(number): {"before": number - 1} for number in later},
        "label": {"0": first_labels, **{str(number): _label(number) for number in later}},
        "train": {"0": first_training, **{str(number): _train(number - 1) for number in later}},
    }


def _label(number: int) -> dict[str, str]:
    before = number - 1
    return {
        "labels_before": LABELS.format(before),
        "options": "active_learning",
        "audit": AUDIT.format(number),
        "posterior_before": POSTERIOR.format(before),
        "predictions": PREDICTIONS.format(number),
        "report_before": REPORT.format(before),
        "soft_labels_before": SOFT_LABELS.format(before),
        "votes_before": VOTES_SO_FAR.format(before),
    }


def _train(before: int) -> dict[str, str]:
    return {
        "clips_before": LABELS.format(before),
        "judged_before": JUDGED.format(before),
        "report_before": REPORT.format(before),
    }
