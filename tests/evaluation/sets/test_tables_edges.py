"""Tables that are damaged, ambiguous or in another encoding: one line says what is wrong."""

import os

import pandas as pd
import pytest

from libra_emo.evaluation.sets.set_classes import SetError
from libra_emo.evaluation.sets.tables import read_table

GOOD = "clip_id,predicted\nc0,sad\nc1,happy\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"\n\n", "the file is empty"),
        ("a.parquet", b"", "the file is empty"),
        ("a.parquet", os.urandom(2000), "damaged, or no Parquet"),
        ("a.csv", GOOD.encode("utf-16"), "no text in UTF-8"),
        ("a.csv", GOOD.encode("utf-16-le"), "no text in UTF-8"),
        ("a.csv", GOOD.replace("sad", "tríst").encode("latin-1"), "no text in UTF-8"),
        ("a.csv", b"clip_id,predicted\nc0,\0\n", "no text in UTF-8"),
        ("a.csv", b"clip_id,predicted,predicted\nc0,a,b\n", "two columns are called 'predicted'"),
        ("a.csv", b"clip_id, Predicted,predicted\nc0,a,b\n", "two columns are called 'predicted'"),
        ("a.tsv", b"id\tid\nc0\tc1\n", "two columns are called 'id'"),
        ("a.csv", b"clip_id,predicted\nc0,a,b\n", "more cells than there are columns"),
        ("a.csv", b'clip_id,predicted\nc0,"a\n', "no readable table"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SetError, match=message) as caught:
        read_table(tmp_path / name)
    assert "\n" not in str(caught.value) and str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize("name", ["folder", "folder.csv", "folder.parquet"])
def test_a_folder_is_no_table(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(SetError, match="cannot be read"):
        read_table(tmp_path / name)


def test_a_mark_of_utf_8_and_names_of_columns_are_no_fault(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufeff" + GOOD.replace("predicted", "predicted.1"), encoding="utf-8")
    assert read_table(path).columns.tolist() == ["clip_id", "predicted.1"]
    table = pd.DataFrame({"clip_id": ["c0"], "predicted": ["sad"]})
    table.to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").equals(table)
