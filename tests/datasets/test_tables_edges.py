import subprocess
import sys

import pandas as pd
import pytest
from kedro.io import DatasetError

from libra_emo import schemas
from libra_emo.datasets import CsvTableDataset, ReportDataset, TableDataset


@pytest.mark.parametrize("name", sorted(schemas.SCHEMAS))
def test_a_table_without_rows_keeps_its_columns(tmp_path, name):
    dataset = TableDataset(filepath=str(tmp_path / "t.parquet"), schema=name)
    table = schemas.empty(schemas.SCHEMAS[name])
    dataset.save(table)
    pd.testing.assert_frame_equal(dataset.load(), table)


def test_a_folder_whose_name_looks_like_a_partition_adds_no_column(tmp_path):
    dataset = TableDataset(filepath=str(tmp_path / "round=1" / "t.parquet"))
    dataset.save(pd.DataFrame({"clip_id": ["a"]}))
    assert list(dataset.load()) == ["clip_id"]


@pytest.mark.parametrize("keep", [0, 3, 12, -1, -4])
def test_a_torn_file_does_not_exist(tmp_path, keep):
    dataset = TableDataset(filepath=str(tmp_path / "t.parquet"))
    dataset.save(pd.DataFrame({"clip_id": ["a"] * 50}))
    assert dataset.exists()
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[:keep])
    assert not dataset.exists()


def test_a_save_that_fails_leaves_what_was_there_and_nothing_else(tmp_path):
    dataset = TableDataset(filepath=str(tmp_path / "t.parquet"))
    dataset.save(pd.DataFrame({"x": [1]}))
    before = (tmp_path / "t.parquet").read_bytes()
    with pytest.raises(DatasetError):
        dataset.save(pd.DataFrame({"x": [object()]}))
    assert (tmp_path / "t.parquet").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]


def test_an_empty_csv_does_not_exist(tmp_path):
    (tmp_path / "t.csv").touch()
    assert not CsvTableDataset(filepath=str(tmp_path / "t.csv")).exists()


def test_probability_columns_of_any_taxonomy_pass(tmp_path):
    dataset = TableDataset(filepath=str(tmp_path / "p.parquet"), schema="Predictions")
    table = pd.DataFrame(
        {"clip_id": ["a"], "predicted": ["x"], "confidence": [0.5], "p_x": [0.5], "p_y": [None]}
    )
    dataset.save(table)
    assert list(dataset.load()) == ["clip_id", "predicted", "confidence", "p_x", "p_y"]


def test_half_a_report_does_not_exist(tmp_path):
    dataset = ReportDataset(filepath=str(tmp_path / "r.json"))
    dataset.save({"a": 1})
    (tmp_path / "r.json").write_text('{"a": ')
    assert not dataset.exists()


def test_file_that_cannot_grow_is_an_error_and_leaves_the_old_content(tmp_path):
    program = """
import resource, sys
import numpy as np, pandas as pd
from libra_emo.datasets import TableDataset
dataset = TableDataset(filepath=sys.argv[1])
dataset.save(pd.DataFrame({"a": [1]}))
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
dataset.save(pd.DataFrame({"a": np.random.default_rng(1).random(9000)}))
"""
    place = tmp_path / "table.parquet"
    done = subprocess.run(
        [sys.executable, "-c", program, str(place)], capture_output=True, text=True
    )
    assert "DiskError" in done.stderr
    assert f"{place}: it cannot be written: " in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["table.parquet"]
    assert pd.read_parquet(place)["a"].to_list() == [1]


def test_texts_that_a_spreadsheet_could_run_are_written_as_texts_and_come_back(tmp_path):
    dataset = CsvTableDataset(filepath=str(tmp_path / "t.csv"))
    table = pd.DataFrame({"model": ["=HYPERLINK(1)", "ok"], "score": [-0.5, 1.0]})
    dataset.save(table)
    assert (tmp_path / "t.csv").read_text() == "model,score\n'=HYPERLINK(1),-0.5\nok,1.0\n"
    pd.testing.assert_frame_equal(dataset.load(), table)


@pytest.mark.parametrize("digest", ["0" * 64, "12e4" + "5" * 60, "9" * 64])
def test_digests_of_digits_are_read_as_texts(tmp_path, digest):
    dataset = CsvTableDataset(filepath=str(tmp_path / "t.csv"), schema="Split")
    row = {"sha256": digest, "source_id": "film", "side": "pool", "since": 1}
    dataset.save(pd.DataFrame([row]))
    assert dataset.load()["sha256"].tolist() == [digest]
