import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import libra_emo
from libra_emo.common.spreadsheets import guard, guard_table, is_formula, unguard, unguard_table


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x","y")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\r\n@x",
        "＝1",
        "-Hello",
    ],
)
def test_what_a_spreadsheet_could_run_is_guarded(text):
    assert is_formula(text)
    assert not is_formula(guard(text))
    assert guard(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["sad", "-1.5", "+3", "-1e-3", "-inf", "", "a=b", "'tis", "1-2", "-5%"]
)
def test_other_texts_and_numbers_stay(text):
    assert guard(text) == text


@given(st.text(alphabet="'=+-@ a1\t", max_size=8))
def test_every_text_comes_back_and_none_is_a_formula(text):
    assert unguard(guard(text)) == text
    assert not is_formula(guard(text))


def test_tables_are_guarded_with_their_headers_and_come_back():
    table = pd.DataFrame(
        {"=name": ["=1", None, "ok"], "n": [1.0, -2.0, None], "-t": ["a", "b", "@c"]}
    )
    guarded = guard_table(table)
    assert guarded.columns.tolist() == ["'=name", "n", "'-t"]
    assert guarded["'=name"].tolist()[0] == "'=1"
    pd.testing.assert_frame_equal(unguard_table(guarded), table)


def test_every_csv_that_the_project_writes_is_guarded():
    source = Path(libra_emo.__file__).parent
    writing = {
        path
        for path in source.rglob("*.py")
        # what is only digested is no file
        if re.search(r"to_csv\(|csv\.writer", re.sub(r"digest_text\(.*", "", path.read_text()))
    }
    # the rows of a person who withdrew go; the others' cells stay as their file has them
    writing -= {source / "publication/takedown/people/tables.py"}
    assert writing
    assert not {path for path in writing if not re.search(r"guard(_table)?\(", path.read_text())}
