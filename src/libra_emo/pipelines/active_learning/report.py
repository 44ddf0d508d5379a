"""What a round did, as a report that balances."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from libra_emo.annotation.collection import Annotators
from libra_emo.common.options import Figure, Options
from libra_emo.errors import LibraEmoError
from libra_emo.pipelines.active_learning.options import Score
from libra_emo.pipelines.active_learning.stopping_criterion import LoopState
from libra_emo.students.calibration import Calibration
from libra_emo.students.calibration_metrics import FIGURES

JudgedOn = Literal["bench", "validation"]
GAIN = ("gain", "gain_low", "gain_high")
STATE = ("annotators", "best_score", "passed_through", "rounds_without_gain", "saturated", "score")


class RoundBalanceError(LibraEmoError):
    """A round's counts do not add up."""


class RoundCounts(Options):
    """The clips of a round: the columns of the paper's Table 10.

    Attributes:
        round: Number of the round; round 0 starts from the vote.
        input: How many clips came in.
        sampled: How many clips annotators were asked about.
        dropped: How many clips ended without a label.
        changed: How many clips have another label than before; None in round 0.
        output: How many clips have a label.
    """

    round: int
    input: int
    sampled: int
    dropped: int
    changed: int | None
    output: int


TABLE_10 = tuple(RoundCounts.model_fields)


class RoundReport(RoundCounts, LoopState):
    """What a round did, how good its student is, and how the loop stands after it.

    Attributes:
        metrics: Scores of the round's student on the clips that judge it, each with `<score>_low`
            and `<score>_high`.
        calibration: The temperature of the student's probabilities.
        score: The score that decides when the loop stops.
        judged_on: The clips that judge the student: those of the validation films, or the bench,
            which is the test set.
        gain: By how much the score is above that of the best student before; null where the bench
            judges, and in round 0.
        gain_low: Lower end of its 95 % interval, from a paired bootstrap over films.
        gain_high: Upper end.
        passed_through: Whether the loop was flat before, so that the round changed nothing.
        annotators: Who answered.
    """

    metrics: dict[str, Figure]
    calibration: Calibration
    score: Score
    judged_on: JudgedOn = "bench"
    gain: Figure = math.nan
    gain_low: Figure = math.nan
    gain_high: Figure = math.nan
    passed_through: bool
    annotators: Annotators


def count_round(
    round_number: int,
    clips_in: pd.Series,
    labels_in: pd.DataFrame | None,
    queue: pd.DataFrame,
    labels_out: pd.DataFrame,
    dropped: pd.DataFrame,
) -> RoundCounts:
    """Return the counts of a round: the columns of the paper's Table 10.

    Args:
        round_number: 0 for the round that starts from the vote.
        clips_in: The clip_id of every clip that came in.
        labels_in: `RoundLabels` of the round before; None for round 0.
        queue: `Queue`, what people were asked.
        labels_out: `RoundLabels` of this round.
        dropped: `Dropped` of this round.

    Raises:
        RoundBalanceError: Unless input = output + dropped, clip by clip.
    """
    came, went = sorted(clips_in), sorted([*labels_out["clip_id"], *dropped["clip_id"]])
    if came != went:
        lost, extra = set(came) - set(went), set(went) - set(came)
        first = sorted(lost | extra) or sorted(went)
        raise RoundBalanceError(
            f"round {round_number}: {len(came)} clips came in, {len(labels_out)} have a label and "
            f"{len(dropped)} were dropped ({len(lost)} lost, {len(extra)} extra, first {first[0]})"
        )
    changed = None
    if labels_in is not None:
        both = labels_in.merge(labels_out, on="clip_id", suffixes=("_in", "_out"))
        changed = int((both["label_in"] != both["label_out"]).sum())
    return RoundCounts(
        round=round_number,
        input=len(came),
        sampled=len(queue),
        dropped=len(dropped),
        changed=changed,
        output=len(labels_out),
    )


def tabulate_rounds(reports: list[RoundReport]) -> pd.DataFrame:
    """Return one row a round: the columns of the paper's Table 10, then its metrics with intervals.

    The state of the loop follows, with validation clips that they judged and the student's gain on
    them; then the temperature of the student's probabilities, the clips
    that it was fitted on, and how reliable the probabilities of these were before and after;
    without a calibration these are null.

    Args:
        reports: The rounds' reports in order.
    """
    first = reports[0].metrics
    scores = [name for name in first if not name.endswith(("_low", "_high"))]
    metrics = [name + end for name in scores for end in ("", "_low", "_high")]
    columns = [*TABLE_10, *(name for name in metrics if name in first), *STATE]
    if any(report.judged_on == "validation" for report in reports):
        columns += ["judged_on", *GAIN]
    rows = []
    for report in reports:
        values = {**report.model_dump(exclude={"metrics", "calibration"}), **report.metrics}
        rows.append({name: values[name] for name in columns} | _flatten(report.calibration))
    table = pd.DataFrame(rows)
    table["changed"] = table["changed"].astype("Int64")
    return table


def _flatten(calibration: Calibration) -> dict[str, float]:
    fitted = calibration.reason is None
    flat = {"temperature": calibration.temperature if fitted else float("nan")}
    flat["calibration_clips"] = calibration.clips if fitted else 0
    for name in FIGURES:
        for moment in ("before", "after"):
            reliability = getattr(calibration, moment)
            flat[f"{name}_{moment}"] = getattr(reliability, name, float("nan"))
    return flat
