import pandas as pd
import pytest
from kedro.io import DatasetError
from support.rounds import ROUND_REPORT, round_report

from libra_emo.datasets import ReportDataset, dataset_path
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
    assert counts.model_dump() == {
        "round": 1,
        "input": 4,
        "sampled": 2,
        "dropped": 1,
        "changed": 1,  # c; b left, a and d stayed
        "output": 3,
    }


def test_round_zero_changes_nothing():
    counts = count_round(0, table("ab")["clip_id"], None, table("a"), table("ab"), table(""))
    assert counts.changed is None


@pytest.mark.parametrize(
    ("after", "dropped"), [("ab", ""), ("abc", "c"), ("abcd", ""), ("abd", "")]
)
def test_a_round_that_loses_or_doubles_a_clip_is_an_error(after, dropped):
    with pytest.raises(RoundBalanceError, match="round 2"):
        count_round(
            2, table("abc")["clip_id"], table("abc"), table(""), table(after), table(dropped)
        )


def test_history_puts_counts_before_metrics_before_the_state_of_the_loop():
    metrics = {"accuracy": 0.5, "accuracy_high": 0.6, "accuracy_low": 0.4, "unreadable": 0.0}
    history = tabulate_rounds([round_report(**metrics), round_report(1, changed=3, **metrics)])
    counts = ["round", "input", "sampled", "dropped", "changed", "output"]
    scores = ["accuracy", "accuracy_low", "accuracy_high", "unreadable"]
    state = ["annotators", "best_score", "passed_through", "rounds_without_gain", "saturated"]
    figures = [f"{name}_{moment}" for name in FIGURES for moment in ("before", "after")]
    reliability = ["temperature", "calibration_clips", *figures]
    assert list(history.columns) == [*counts, *scores, *state, "score", *reliability]
    assert history["changed"].isna().tolist() == [True, False]


def test_history_has_a_temperature_only_where_one_was_fitted():
    before, after = (Reliability(ece=share, brier=0.6, nll=1.5) for share in (0.2, 0.1))
    fitted = Calibration(temperature=1.3, clips=70, films=9, before=before, after=after)
    none = Calibration(clips=12, reason="12 clips are too few")
    history = tabulate_rounds([round_report(calibration=found) for found in (none, fitted)])
    assert history["temperature"].isna().tolist() == [True, False]
    assert history["calibration_clips"].tolist() == [0, 70]
    assert history["ece_before"].tolist()[1:] == [0.2]
    assert history["ece_after"].tolist()[1:] == [0.1]
    assert history["nll_after"].isna().tolist() == [True, False]


def test_a_report_comes_back_as_it_was_saved(tmp_path):
    dataset = ReportDataset(filepath=str(tmp_path / "round_1.json"), model=ROUND_REPORT)
    report = round_report(1, accuracy=1.0, macro_f1=float("nan"))
    dataset.save(report)
    content = dataset_path(dataset).read_bytes()
    assert b'"macro_f1": null' in content and b'"accuracy": 1.0' in content
    dataset.save(dataset.load())
    assert dataset_path(dataset).read_bytes() == content
    assert dataset.load().calibration == report.calibration


def test_a_file_that_is_no_report_of_a_round_is_named(tmp_path):
    path = tmp_path / "round_1.json"
    path.write_text('{"round": 1}')
    with pytest.raises(DatasetError, match=r"round_1\.json: .* required"):
        ReportDataset(filepath=str(path), model=ROUND_REPORT).load()
