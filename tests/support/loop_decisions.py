"""The decisions of a small loop, one of whose rounds is certified."""

import pandas as pd

from libra_emo.pipelines.active_learning.stopping_criterion import StopDecision

NAN = float("nan")


def make_decisions(certified=True):
    """Return loop_decisions of two rounds; the second has a certificate, or none has."""
    figures = [(100, NAN, NAN, NAN), (180, *((0.1, 0.02, 0.2) if certified else (NAN,) * 3))]
    decisions = [
        StopDecision(
            round=number,
            stop="certified",
            judgements=judgements,
            expected_fixes=30.0 - 10 * number,
            fixes_per_hour=4.0 - number,
            certified_error=error,
            certified_low=low,
            certified_high=high,
            stops=bool(number),
            reason=f"reason {number}",
        )
        for number, (judgements, error, low, high) in enumerate(figures)
    ]
    return pd.DataFrame([decision.model_dump() for decision in decisions])
