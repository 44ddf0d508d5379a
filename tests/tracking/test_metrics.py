"""A loop shows a few curves, a training five scores, whatever the reports hold."""

import pandas as pd
from support.rounds import round_report

from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.stopping_criterion import Standing, decide_stop
from libra_emo.schemas import Posteriors, empty
from libra_emo.tracking.metrics import (
    CURVES,
    collect_curves,
    find_student_row,
    score_student,
)

OPTIONS = ActiveLearningOptions()
MANY = {f"score_{number}": 0.5 for number in range(300)}


def posteriors():
    return empty(Posteriors)


def test_a_loop_has_few_curves_whose_titles_differ():
    reports = {k: round_report(k, accuracy=0.5, macro_f1=0.4, **MANY) for k in range(3)}
    quality = pd.DataFrame({"round": range(3), "accuracy": 0.9, "fixed": 7})
    decisions = {0: decide_stop(0, Standing(9, posteriors(), None, 0), False, OPTIONS)}
    bare = collect_curves(reports, quality, decisions)
    assert len({name for name, _ in bare}) == 7  # without an audit nothing is certified
    found = {"certified_error": 0.1, "certified_low": 0.0, "certified_high": 0.2}
    decisions[0] = decisions[0].model_copy(update=found)
    points = collect_curves(reports, quality, decisions)
    assert {name for name, _ in points} == set(CURVES)
    assert points["judgements", 0] == 9 and points["error_high", 0] == 0.2
    assert len({name[:8] for name in CURVES}) == 10  # as much as a chart's title shows


def test_a_training_has_the_scores_of_its_student_alone():
    scores = {"accuracy": 0.5, "accuracy_low": 0.4, "macro_f1": float("nan"), **MANY}
    assert score_student(scores) == {"accuracy": 0.5}


def test_the_students_row_is_the_one_that_sees_most():
    table = pd.DataFrame(
        {
            "model": ["student", "student", "vote"],
            "modalities": ["V", "VAT", "VAT"],
            "accuracy": [0.4, 0.6, 0.9],
            "n": 10,
        }
    )
    assert find_student_row(table, ["student"]) == {"accuracy": 0.6}
    assert find_student_row(table, ["other"]) == {}
