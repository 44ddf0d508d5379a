import pandas as pd
import pytest

from libra_emo.pipelines.active_learning.report import (
    RoundBalanceError,
    count_round,
    tabulate_rounds,
)


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


def test_history_puts_counts_before_metrics():
    report = {"round": 0, "input": 2, "changed": None, "metrics": {"accuracy": 0.5}}
    history = tabulate_rounds([report, {**report, "round": 1, "changed": 3}])
    assert list(history.columns) == ["round", "input", "changed", "accuracy"]
    assert history["changed"].isna().tolist() == [True, False]
