import numpy as np
import pytest

from libra_emo.simulation.arms import Point
from libra_emo.simulation.comparison import (
    Run,
    interval,
    recall_differences,
    shares_of_judgements,
    summarise,
    tabulate,
)


def run_of(arm, *points, seed=1):
    return Run(arm, seed, [Point(n, value, np.array(recalls), 0) for n, value, recalls in points])


PAPER = run_of("disagreement", (500, 0.6, [0.5, 0.5]), (1000, 0.8, [0.6, 0.8]))
OURS = run_of(
    "expected_gain", (100, 0.7, [0.5, 0.5]), (300, 0.9, [0.7, 0.9]), (1000, 1, [0.9, 0.7])
)


def test_shares_are_read_between_two_points():
    # 0.8 lies half-way between 0.7 and 0.9: 200 of 1000; 0.7 lies two thirds of 0.5 to 0.8
    shares = shares_of_judgements(OURS, PAPER)
    assert shares["accuracy"] == pytest.approx(0.2)
    assert shares["macro_recall"] == pytest.approx(0.1 + 0.2 * 2 / 3)


def test_an_arm_that_does_not_get_there_has_no_share():
    poor = run_of("random", (1000, 0.5, [0.1, 0.2]))
    assert np.isnan(shares_of_judgements(poor, PAPER)["accuracy"])
    summary = summarise([PAPER, poor], ["a", "b"], ["disagreement", "random"])
    assert summary["random"]["share_of_judgements"] is None


def test_recalls_are_compared_at_equal_cost():
    np.testing.assert_allclose(recall_differences(OURS, PAPER), [0.3, -0.1])


def test_the_summary_names_the_larger_share_and_the_classes_that_are_worse():
    second = [run._replace(seed=2) for run in (PAPER, OURS)]
    summary = summarise([PAPER, OURS, *second], ["a", "b"], ["disagreement", "expected_gain"])
    found = summary["expected_gain"]
    assert found["share_of_judgements"] == pytest.approx(0.1 + 0.2 * 2 / 3, abs=1e-4)
    assert found["classes_worse"] == ["b"]
    assert summary["disagreement"]["judgements"]["mean"] == 1000


def test_an_interval_needs_two_seeds():
    assert interval([0.5]) == {"mean": 0.5, "low": None, "high": None}
    # t(0.975, 1) = 12.706; the standard error of 0.4 and 0.6 is 0.1
    found = interval([0.4, 0.6])
    assert found["high"] == pytest.approx(0.5 + 12.706 * 0.1, abs=1e-3)


def test_points_are_a_table():
    table = tabulate([PAPER, OURS])
    assert len(table) == 5
    assert table["macro_recall"].iloc[1] == pytest.approx(0.7)
