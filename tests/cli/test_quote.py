import pandas as pd

from libra_emo.cli.quote import COLUMNS, Ceiling, describe

ROWS = [
    ("voting", "one", "openai/a", 10, 4, 6, 1.0, 2.0),
    ("voting", "two", "openai/b", 10, 0, 10, 0.5, 1.0),
    ("explanation", "one", "openai/a", 9, 0, 9, 2.0, 8.0),
]


def test_the_lines_sum_up_each_pipeline_and_all_and_name_date_and_ceilings():
    quoted = pd.DataFrame(ROWS, columns=list(COLUMNS))
    ceilings = {"voting": Ceiling(5.0, 1.5), "explanation": Ceiling(5.0)}
    lines = list(describe(quoted, "2026-01-01", ceilings))
    assert lines == [
        "voting: $1.50 to $3.00",
        "explanation: $2.00 to $8.00",
        "in all $3.50 to $11.00, by the prices of 2026-01-01",
        "explanation.max_cost_usd is 5: the run may stop before it is done",
    ]


def test_a_ceiling_must_have_room_for_what_a_call_in_flight_holds():
    quoted = pd.DataFrame(ROWS[:2], columns=list(COLUMNS))
    line = (
        "voting.max_cost_usd is 5: the run may stop before it is done; "
        "a running call reserves up to $3.00"
    )
    assert line in describe(quoted, "2026-01-01", {"voting": Ceiling(5.0, 3.0)})
    answered = quoted.assign(low_usd=0.0, high_usd=0.0)
    assert len(list(describe(answered, "2026-01-01", {"voting": Ceiling(0.0, 3.0)}))) == 2
