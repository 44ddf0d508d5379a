"""Reports of rounds, for tests."""

from libra_emo.pipelines.active_learning.report import RoundReport
from libra_emo.students.calibration import Calibration

ROUND_REPORT = f"{RoundReport.__module__}.{RoundReport.__name__}"


def round_report(number: int = 0, **changes) -> RoundReport:
    """Return a report of a round that kept its one clip; unknown names are metrics."""
    values = {
        "round": number,
        "input": 1,
        "sampled": 0,
        "dropped": 0,
        "changed": 0 if number else None,
        "output": 1,
        "calibration": Calibration(reason="too few clips"),
        "score": "accuracy",
        "passed_through": False,
        "annotators": "people",
        "best_score": 0.5,
        "rounds_without_gain": 0,
        "saturated": False,
    }
    metrics = changes.pop("metrics", {})
    known = {name: changes.pop(name) for name in list(changes) if name in values}
    return RoundReport(**{**values, **known}, metrics={**metrics, **changes})
