"""The stopping criterion: the loop ends once the student's score no longer rises."""

from __future__ import annotations

from libra_emo.common.options import Figure, Options
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions


class LoopState(Options):
    """How the loop stands after a round.

    Attributes:
        best_score: The best score of a student so far, 0 to 1.
        rounds_without_gain: How many rounds ago it last rose by more than `min_gain`.
        saturated: Whether that is `patience` rounds or more, so that the loop asks nobody again.
    """

    best_score: Figure
    rounds_without_gain: int
    saturated: bool


def apply_stopping_criterion(
    score: float, previous: LoopState | None, options: ActiveLearningOptions
) -> LoopState:
    """Return the loop's state after a round, compared with the best score so far.

    Args:
        score: The student's score in this round, 0 to 1.
        previous: The state after the round before, None for round 0.
        options: `min_gain` and `patience`.
    """
    if previous is None:
        return LoopState(best_score=score, rounds_without_gain=0, saturated=False)
    rises = score > previous.best_score + options.min_gain
    without_gain = 0 if rises else previous.rounds_without_gain + 1
    return LoopState(
        best_score=max(previous.best_score, score),
        rounds_without_gain=without_gain,
        saturated=without_gain >= options.patience,
    )
