import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.annotation.csv_files.columns import count_known
from libra_emo.annotation.csv_files.rows import SEPARATORS, read_rows

HEADER = ["clip_id", "annotator", "label", "note"]


def read(text):
    header, rows = read_rows(text, count_known)
    return header, [(row.line, row.cells) for row in rows]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_separator_and_line_end_is_found_out(separator, end):
    text = end.join(separator.join(row) for row in (HEADER, ["c1", "ana", "sad", ""]))
    assert read(text) == (HEADER, [(2, ["c1", "ana", "sad", ""])])


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "sep=;,,,"])
def test_a_declared_separator_counts(first):
    text = f"{first}\r\nclip_id;annotator;label\r\nc1;ana,b;sad\r\n"
    assert read(text) == (["clip_id", "annotator", "label"], [(3, ["c1", "ana,b", "sad"])])


def test_blank_rows_are_left_out_and_lines_are_counted():
    text = "\n,,,\nclip_id,annotator,label,note\n\n,,,\nc1,ana,sad,\n \nc2,ana,sad,\n"
    assert [line for line, _ in read(text)[1]] == [6, 8]


@pytest.mark.parametrize(
    "bad",
    ['c1,"ana,sad,x', 'c1,an"a,sad,x"', 'c1,"ana" x,sad,x', '"c1,ana,sad,x', 'c1,ana,sad,"'],
)
@pytest.mark.parametrize("after", [0, 1, 2, 80])
def test_a_quotation_mark_costs_its_own_row_alone(bad, after):
    good = [f'c{n},"ana, b",sad,x' for n in range(after)]
    text = "\n".join([",".join(HEADER), "c0,ana,sad,x", bad, *good])
    rows = read(text)[1]
    assert len(rows) == 2 + after
    assert rows[0][1] == ["c0", "ana", "sad", "x"]
    assert [cells for _, cells in rows[2:]] == [
        [f"c{n}", "ana, b", "sad", "x"] for n in range(after)
    ]


def test_a_cell_may_have_lines_of_its_own():
    text = 'clip_id,annotator,label,note\nc1,ana,sad,"one\ntwo, ""three""\n\nfour"\nc2,ana,sad,\n'
    assert read(text)[1] == [
        (2, ["c1", "ana", "sad", 'one\ntwo, "three"\n\nfour']),
        (6, ["c2", "ana", "sad", ""]),
    ]


@given(
    st.lists(
        st.lists(st.text(alphabet='ab",;\té ', max_size=6).map(str.strip), min_size=4, max_size=4),
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_the_csv_module_writes_is_read_back(rows, separator):
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([HEADER, *rows])
    found = [cells for _, cells in read(file.getvalue())[1]]
    assert found == [row for row in rows if any(row)]


@given(st.text(alphabet='a",\n;\r', max_size=60))
def test_any_text_is_read(text):
    _, rows = read_rows(text, count_known)
    assert all(row.cells is None or any(row.cells) for row in rows)


def test_an_empty_text_has_no_header():
    assert read("") == read("\n\n") == read("sep=;\n") == ([], [])
