import pandas as pd
import pytest

from libra_emo.pipelines.active_learning.report import (
    RoundBalanceError,
    count_round,
    tabulate_rounds,
)
from libra_emo.students.calibration import Calibration
from libra_emo.students.calibration_metrics import FIGURES, Reliability


def table(clips, label="sad"):
    return pd.DataFrame({"clip_id": list(clips), "label": label})


def test_counts_are_those_of_the_papers_table_10():
    before = pd.concat([table("ab", "sad"), table("cd", "angry")])
    after = pd.concat([table("ac", "sad"), table("d", "angry")])
    counts = count_round(1, before["clip_id"], before, table("bc"), after, table("b"))
    assert counts == {
        "round": 1,
        "input": 4,
        "sampled": 2,
        "dropped": 1,
        "changed": 1,  # c; b left, a and d stayed
        "output": 3,
    }


def test_round_zero_changes_nothing():
    assert (
        count_round(0, table("ab")["clip_id"], None, table("a"), table("ab"), table(""))["changed"]
        is None
    )


@pytest.mark.parametrize(
    ("after", "dropped"), [("ab", ""), ("abc", "c"), ("abcd", ""), ("abd", "")]
)
def test_a_round_that_loses_or_doubles_a_clip_is_an_error(after, dropped):
    with pytest.raises(RoundBalanceError, match="round 2"):
        count_round(
            2, table("abc")["clip_id"], table("abc"), table(""), table(after), table(dropped)
        )


def test_history_puts_counts_before_metrics_whatever_the_reports_order():
    metrics = {"accuracy": 0.5, "accuracy_high": 0.6, "accuracy_low": 0.4, "unreadable": 0.0}
    report = {"annotators": "people", "changed": None, "input": 2, "metrics": metrics, "round": 0}
    report["calibration"] = Calibration(reason="too few").model_dump()
    history = tabulate_rounds([report, {**report, "round": 1, "changed": 3}])
    counts = ["round", "input", "changed"]
    scores = ["accuracy", "accuracy_low", "accuracy_high", "unreadable"]
    figures = [f"{name}_{moment}" for name in FIGURES for moment in ("before", "after")]
    reliability = ["temperature", "calibration_clips", *figures]
    assert list(history.columns) == [*counts, *scores, "annotators", *reliability]
    assert history["changed"].isna().tolist() == [True, False]


def test_history_tells_of_a_temperature_only_where_one_was_fitted():
    before, after = (Reliability(ece=share, brier=0.6, nll=1.5) for share in (0.2, 0.1))
    fitted = Calibration(temperature=1.3, clips=70, films=9, before=before, after=after)
    report = {"round": 0, "changed": None, "metrics": {"accuracy": 0.5}}
    none = Calibration(clips=12, reason="12 clips are too few")
    history = tabulate_rounds(
        [{**report, "calibration": found.model_dump()} for found in (none, fitted)]
    )
    assert history["temperature"].isna().tolist() == [True, False]
    assert history["calibration_clips"].tolist() == [0, 70]
    assert history["ece_before"].tolist()[1:] == [0.2] and history["ece_after"].tolist()[1:] == [
        0.1
    ]
    assert history["nll_after"].isna().tolist() == [True, False]
