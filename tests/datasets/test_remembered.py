import pandas as pd
import pytest
from kedro.io import DatasetError

from libra_emo.datasets import CsvTableDataset, RememberedTableDataset
from libra_emo.schemas import Split, check, empty


def test_before_the_first_run_the_table_is_empty_and_later_it_is_what_was_written(tmp_path):
    remembered = RememberedTableDataset(path=str(tmp_path), name="split.csv", schema="Split")
    assert remembered.exists()
    pd.testing.assert_frame_equal(remembered.load(), empty(Split))
    row = {"sha256": "0" * 64, "source_id": "film-00000000", "side": "bench", "since": 1}
    table = check(pd.DataFrame([row]), Split)
    CsvTableDataset(filepath=str(tmp_path / "split.csv"), schema="Split").save(table)
    pd.testing.assert_frame_equal(remembered.load(), table)


def test_it_is_written_by_its_other_entry(tmp_path):
    remembered = RememberedTableDataset(path=str(tmp_path), name="split.csv", schema="Split")
    with pytest.raises(DatasetError, match="written by another entry"):
        remembered.save(empty(Split))
