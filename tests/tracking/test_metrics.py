"""A loop shows five curves, a training five scores, whatever the reports hold."""

import pandas as pd
from support.rounds import round_report

from libra_emo.tracking.metrics import (
    CURVES,
    collect_curves,
    find_student_row,
    score_student,
)

MANY = {f"score_{number}": 0.5 for number in range(300)}


def test_a_loop_has_five_curves_whose_titles_differ():
    reports = {k: round_report(k, accuracy=0.5, macro_f1=0.4, **MANY) for k in range(3)}
    quality = pd.DataFrame({"round": range(3), "accuracy": 0.9, "fixed": 7})
    points = collect_curves(reports, quality)
    assert {name for name, _ in points} == set(CURVES)
    assert len(CURVES) == 5
    assert len({name[:8] for name in CURVES}) == 5  # as much as a chart's title shows


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
