"""What a round did, as a report that balances."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.students.calibration_metrics import FIGURES

TABLE_10 = ("round", "input", "sampled", "dropped", "changed", "output")


class RoundBalanceError(LibraEmoError):
    """A round's counts do not add up."""


def count_round(
    round_number: int,
    clips_in: pd.Series,
    labels_in: pd.DataFrame | None,
    queue: pd.DataFrame,
    labels_out: pd.DataFrame,
    dropped: pd.DataFrame,
) -> dict[str, int | None]:
    """Return the counts of a round: the columns of the paper's Table 10.

    Args:
        round_number: 0 for the round that starts from the vote.
        clips_in: The clip_id of every clip that came in.
        labels_in: `RoundLabels` of the round before; None for round 0.
        queue: `Queue`, what people were asked.
        labels_out: `RoundLabels` of this round.
        dropped: `Dropped` of this round.

    Returns:
        round, input, sampled, dropped, changed (None in round 0), output.

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
    return {
        "round": round_number,
        "input": len(came),
        "sampled": len(queue),
        "dropped": len(dropped),
        "changed": changed,
        "output": len(labels_out),
    }


def tabulate_rounds(reports: list[dict[str, Any]]) -> pd.DataFrame:
    """Return one row a round: the columns of the paper's Table 10, then its metrics with intervals.

    The temperature of the student's probabilities follows, the clips that it was fitted on, and
    how reliable the probabilities of these were before and after; without a calibration null.

    Args:
        reports: The rounds' reports in order.
    """
    rows = [
        {**report, **report["metrics"], **_flatten(report["calibration"])} for report in reports
    ]
    scores = [name for name in reports[0]["metrics"] if "_low" not in name and "_high" not in name]
    table = pd.DataFrame(rows).drop(columns=["metrics", "calibration"])
    table["changed"] = table["changed"].astype("Int64")
    first = [*TABLE_10, *(f"{name}{end}" for name in scores for end in ("", "_low", "_high"))]
    named = [name for name in first if name in table]
    return table[[*named, *(name for name in table if name not in named)]]


def _flatten(calibration: dict[str, Any]) -> dict[str, float]:
    fitted = calibration["reason"] is None
    found = {"temperature": calibration["temperature"] if fitted else float("nan")}
    found["calibration_clips"] = calibration["clips"] if fitted else 0
    for name in FIGURES:
        for moment in ("before", "after"):
            figures = calibration[moment] or {}
            found[f"{name}_{moment}"] = figures.get(name, float("nan"))
    return found
