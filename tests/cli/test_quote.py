import pandas as pd

from libra_emo.cli.quote import COLUMNS, describe

ROWS = [
    ("voting", "one", "openai/a", 10, 4, 6, 1.0, 2.0),
    ("voting", "two", "openai/b", 10, 0, 10, 0.5, 1.0),
    ("explanation", "one", "openai/a", 9, 0, 9, 2.0, 8.0),
]


def test_the_lines_sum_up_each_pipeline_and_all_and_name_date_and_ceilings():
    quoted = pd.DataFrame(ROWS, columns=list(COLUMNS))
    lines = list(describe(quoted, "2026-01-01", {"voting": 5.0, "explanation": 5.0}))
    assert lines == [
        "voting: $1.50 to $3.00",
        "explanation: $2.00 to $8.00",
        "in all $3.50 to $11.00, by the prices of 2026-01-01",
        "explanation.max_cost_usd is 5: the run may stop before it is done",
    ]
