import pandas as pd
import pytest

from libra_emo.evaluation.sets.set_classes import SetError
from libra_emo.evaluation.sets.tables import (
    find_column,
    find_file,
    need_column,
    read_lines,
    read_table,
)


def test_cells_are_texts_and_only_what_is_empty_is_null(tmp_path):
    place = tmp_path / "clips.csv"
    place.write_text("﻿clip_id,label\n001,NA\n002,\n", encoding="utf-8")
    table = read_table(place)
    assert table["clip_id"].tolist() == ["001", "002"]
    assert table["label"].isna().tolist() == [False, True]
    tabs = tmp_path / "clips.tsv"
    tabs.write_text("a\tb\n1\t2\n")
    assert read_table(tabs).columns.tolist() == ["a", "b"]


def test_what_cannot_be_read_is_one_line(tmp_path):
    for name, content in (("x.csv", b""), ("x.parquet", b"no"), ("y.csv", b"\xff\xfe\x00")):
        place = tmp_path / name
        place.write_bytes(content)
        with pytest.raises(SetError) as caught:
            read_table(place)
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(SetError, match="cannot be read: No such file"):
        read_table(tmp_path / "z.csv")
    with pytest.raises(SetError, match="no text in UTF-8"):
        read_lines(tmp_path / "y.csv")


def test_columns_are_found_whatever_their_capitals(tmp_path):
    table = pd.DataFrame(columns=["FileName", "Label"])
    assert find_column(table, ("clip_id", "filename")) == "FileName"
    with pytest.raises(SetError, match=r"no column with the films.*FileName, Label"):
        need_column(table, ("film",), tmp_path / "a.csv", "the films")


def test_a_folder_without_the_owners_files_says_what_is_wanted(tmp_path):
    with pytest.raises(SetError, match="has none of the owners' files; DFEW is read from"):
        find_file(tmp_path, ["set_1.csv"], "DFEW")
    with pytest.raises(SetError, match="is not there"):
        find_file(tmp_path / "nowhere", ["set_1.csv"], "DFEW")
