from pathlib import Path

from libra_emo.tracking.metrics import ASKED, CHANGED, STUDENT_ACCURACY
from libra_emo.tracking.summary import describe_loop

POINTS = {(ASKED, 0): 12.0, (ASKED, 1): 7.0, (CHANGED, 1): 3.0, (STUDENT_ACCURACY, 1): 0.5125}


def test_rounds_are_a_table_and_artifacts_are_named():
    reports = [Path("/p/data/08_reporting/rounds.csv"), Path("/p/data/08_reporting/other.csv")]
    lines = describe_loop(POINTS, "simulated", reports).splitlines()
    assert lines[:4] == [
        "| round | asked | changed | student: accuracy, % |",
        "| --- | --- | --- | --- |",
        "| 0 | 12 | – | – |",
        "| 1 | 7 | 3 | 51.2 |",
    ]
    assert any("simulated" in line for line in lines)
    assert "- `rounds.csv`: all figures of the rounds" in lines and "other" not in str(lines)


def test_people_are_no_caveat_and_an_empty_loop_is_an_empty_text():
    assert "simulated" not in describe_loop(POINTS, "people", [])
    assert describe_loop({}, None, []) == ""
