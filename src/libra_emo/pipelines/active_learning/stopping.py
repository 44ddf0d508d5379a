"""When the loop has stopped rising."""

from __future__ import annotations

from typing import Any

from libra_emo.pipelines.active_learning.options import ActiveLearningOptions


def judge_plateau(
    score: float, previous: dict[str, Any] | None, options: ActiveLearningOptions
) -> dict[str, Any]:
    """Return the loop's state after a round, compared with the best score so far.

    Args:
        score: The student's score in this round, 0 to 1.
        previous: The report of the round before, None for round 0.
        options: `min_gain` and `patience`.

    Returns:
        `best_score`; `rounds_without_gain`, the rounds since the best score rose by more than
        `min_gain`; `saturated`, whether that is `patience` rounds.
    """
    if previous is None:
        return {"best_score": score, "rounds_without_gain": 0, "saturated": False}
    best = float(previous["best_score"])
    waited = 0 if score > best + options.min_gain else int(previous["rounds_without_gain"]) + 1
    return {
        "best_score": max(best, score),
        "rounds_without_gain": waited,
        "saturated": waited >= options.patience,
    }
