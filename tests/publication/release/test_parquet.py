"""Tables that come back as they were, with no metadata but our own."""

import pandas as pd
import pyarrow.parquet as pq

from libra_emo.publication.release.parquet import read_table, write_table

TABLE = pd.DataFrame(
    {
        "name": ["a", None, "ü"],
        "number": pd.array([1, 2, 3]),
        "share": [0.5, float("nan"), 1.0],
        "flag": [True, False, True],
        "nothing": [None, None, None],
    }
)


def test_types_and_nulls(tmp_path):
    path = tmp_path / "a=b" / "table.parquet"
    write_table(TABLE, path)
    table = read_table(path)
    assert list(table.columns) == list(TABLE.columns)
    assert table["name"].isna().tolist() == [False, True, False]
    assert table["share"].isna().tolist() == [False, True, False]
    assert table["nothing"].isna().all()
    kinds = {field.name: str(field.type) for field in pq.read_schema(path)}
    assert kinds == {
        **{"name": "string", "number": "int64", "share": "double", "flag": "bool"},
        "nothing": "string",
    }


def test_no_metadata_but_the_types_for_datasets(tmp_path):
    table = TABLE.copy()
    table.attrs["author"] = "somebody"
    table.index = pd.Index(["x", "y", "z"], name="somebody")
    for name, content in (("one", TABLE), ("two", table)):
        write_table(content, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert set(pq.ParquetFile(tmp_path / "two").metadata.metadata) == {b"huggingface"}


def test_a_table_without_rows_can_be_read(tmp_path):
    write_table(TABLE.head(0), tmp_path / "empty")
    assert read_table(tmp_path / "empty").shape == (0, 5)
