"""The stopping criterion: what ends the loop before its last round, and why."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from libra_emo.common.options import Figure, Options
from libra_emo.evaluation.statistics.bootstrap import Gain
from libra_emo.labelling.certificate import Certificate
from libra_emo.labelling.votes import LabellingError
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions, StopName
from libra_emo.taxonomy import Taxonomy

NEXT_JUDGEMENTS = 1000
STOPPED = "the loop had stopped before, so nobody was asked"
# what each choice looks at, in this order
LOOKED_AT: dict[StopName, tuple[StopName, ...]] = {
    "plateau": ("plateau",),
    "rounds": (),
    "certified": ("certified", "budget", "expected_fixes"),
    "budget": ("budget",),
    "expected_fixes": ("budget", "expected_fixes"),
}


class LoopState(Options):
    """How the loop stands after a round.

    Attributes:
        best_score: The best score of a student so far, 0 to 1.
        rounds_without_gain: How many rounds ago it last rose by more than `min_gain`.
        saturated: Whether the loop asks nobody again.
    """

    best_score: Figure
    rounds_without_gain: int
    saturated: bool


class StopDecision(Options):
    """Whether the loop stops after a round, why, and what that rests on.

    Attributes:
        round: The round.
        stop: The parameter `stop`.
        judgements: How many answers people have given in the rounds so far, audits included.
        expected_fixes: How many labels the next 1,000 answers are expected to make right.
        fixes_per_hour: The same for an hour of people's work, of the clips asked next.
        certified_error: Share of the labels that a panel would change; null without a certificate.
        certified_low: Lower end of its interval.
        certified_high: Upper end of its interval.
        stops: Whether the loop stops.
        reason: Why it stops, or why it goes on.
    """

    round: int
    stop: StopName
    judgements: int
    expected_fixes: Figure
    fixes_per_hour: Figure
    certified_error: Figure
    certified_low: Figure
    certified_high: Figure
    stops: bool
    reason: str


class Standing(NamedTuple):
    """What the stop looks at.

    Attributes:
        judgements: How many answers people have given so far.
        posterior: Posteriors of the labels.
        certificate: Certificate of the labels, if there is one.
        rounds_without_gain: How many rounds ago the score last rose.
        judged_on: The clips that judge the student, validation or bench.
    """

    judgements: int
    posterior: pd.DataFrame
    certificate: Certificate | None
    rounds_without_gain: int
    judged_on: str = "bench"


def apply_stopping_criterion(
    score: float,
    previous: LoopState | None,
    options: ActiveLearningOptions,
    gain: Gain | None = None,
) -> LoopState:
    """Return the loop's state after a round, compared with the best score so far.

    The loop is saturated once the score is flat; with another `stop` than `plateau` it is
    `decide_stop` that says so.

    Args:
        score: The student's score in this round, 0 to 1.
        previous: The state after the round before, None for round 0.
        options: `stop`, `min_gain` and `patience`.
        gain: By how much the student is better than the best before on validation clips. It counts
            as better if the whole interval is above `min_gain`; without one, if its score is.
    """
    if previous is None:
        return LoopState(best_score=score, rounds_without_gain=0, saturated=False)
    rises = score > previous.best_score + options.min_gain
    best_score = max(previous.best_score, score)
    if gain is not None:
        rises = gain.low > options.min_gain
        best_score = score if rises else previous.best_score
    without_gain = 0 if rises else previous.rounds_without_gain + 1
    return LoopState(
        best_score=best_score,
        rounds_without_gain=without_gain,
        saturated=options.stop == "plateau" and without_gain >= options.patience,
    )


def check_class_targets(options: ActiveLearningOptions, taxonomy: Taxonomy) -> None:
    """Raise if a target is set for a class that there is not: it could not stop the loop.

    Raises:
        LabellingError: If so, naming the class and those that there are.
    """
    unknown = sorted(set(options.class_targets) - set(taxonomy.labels))
    if unknown:
        raise LabellingError(
            f"active_learning.class_targets names {unknown[0]!r}, which is no label; the labels "
            f"are {', '.join(taxonomy.labels)}"
        )


def decide_stop(
    number: int, standing: Standing, stopped: bool, options: ActiveLearningOptions
) -> StopDecision:
    """Return whether the loop stops after a round, by the first reason that holds.

    Args:
        number: The round.
        standing: What the stop looks at.
        stopped: Whether the loop had stopped before this round.
        options: `stop` and its limits.
    """
    gains = standing.posterior["expected_fixes"].sort_values(ascending=False).to_numpy()
    soonest = gains[: min(options.most_clips(len(gains)), NEXT_JUDGEMENTS)]
    hourly = 3600 / options.costs.seconds_per_judgement
    per_hour = float(soonest.mean()) * hourly if len(soonest) else 0.0
    overall = standing.certificate.overall if standing.certificate else None
    reasons = [
        found
        for name in (() if stopped else LOOKED_AT[options.stop])
        if (found := _why_stop(name, standing, per_hour, options)) is not None
    ]
    nan = float("nan")
    return StopDecision(
        round=number,
        stop=options.stop,
        judgements=standing.judgements,
        expected_fixes=round(float(gains[:NEXT_JUDGEMENTS].sum()), 3),
        fixes_per_hour=round(per_hour, 3),
        certified_error=overall.estimate if overall else nan,
        certified_low=overall.low if overall else nan,
        certified_high=overall.high if overall else nan,
        stops=stopped or bool(reasons),
        reason=STOPPED if stopped else reasons[0] if reasons else _why_go_on(options),
    )


def _why_stop(
    name: StopName, standing: Standing, per_hour: float, options: ActiveLearningOptions
) -> str | None:
    """Return the reason for a stop if it holds, in words."""
    if name == "plateau" and standing.rounds_without_gain >= options.patience:
        where, how = "on the bench, which is the test set,", "risen"
        if standing.judged_on == "validation":
            where, how = "on the validation clips", "risen measurably"
        return (
            f"plateau: the student's {options.score} {where} has not {how} for "
            f"{standing.rounds_without_gain} rounds"
        )
    if name == "certified":
        return _why_certified(standing.certificate, options)
    if name == "budget" and options.max_judgements is not None:
        if standing.judgements >= options.max_judgements:
            return (
                f"budget: people have given {standing.judgements} answers, "
                f"of {options.max_judgements} at most"
            )
    if name == "expected_fixes" and options.min_fixes_per_hour is not None:
        if per_hour < options.min_fixes_per_hour:
            return (
                f"expected_fixes: an hour of people's work is expected to make {per_hour:.2f} "
                f"labels right, below {options.min_fixes_per_hour}"
            )
    return None


def _why_certified(certificate: Certificate | None, options: ActiveLearningOptions) -> str | None:
    if certificate is None or certificate.overall.high > options.target_error:
        return None
    for label, target in options.class_targets.items():
        found = certificate.by_label.get(label)
        if found is not None and found.high > target:
            return None
    limit = 100 * certificate.overall.high
    classes = ", and of each class no more than its target" if options.class_targets else ""
    return (
        f"certified: a fresh panel would change at most {limit:.1f} % of the labels, no more than "
        f"{100 * options.target_error:.1f} %{classes}"
    )


def _why_go_on(options: ActiveLearningOptions) -> str:
    if not LOOKED_AT[options.stop]:
        return "rounds: the loop ends with its last round"
    return f"{options.stop}: not reached, so the loop goes on until its last round"
