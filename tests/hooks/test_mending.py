import pandas as pd
import pytest
from kedro.io import DataCatalog, DatasetError

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.datasets import TableDataset
from libra_emo.hooks import MendingHooks
from libra_emo.hooks.mending import set_damaged_aside


@pytest.fixture
def table(tmp_path):
    dataset = TableDataset(filepath=str(tmp_path / "features.parquet"))
    dataset.save(pd.DataFrame({"clip_id": ["a"]}))
    path = tmp_path / "features.parquet"
    content = bytearray(path.read_bytes())
    content[20] ^= 4
    path.write_bytes(content)
    return dataset


def test_a_table_that_ended_a_run_is_set_aside_and_counts_as_missing(table, tmp_path, caplog):
    with pytest.raises(DatasetError) as raised:
        table.load()
    MendingHooks().on_pipeline_error(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == [".features.parquet.damaged"]
    (line,) = caplog.messages
    assert "features.parquet is damaged and lies aside" in line and "makes it again" in line
    assert not table.exists()


def test_other_errors_move_nothing(table, tmp_path):
    for error in (ValueError("bad"), DamagedFileError("something is damaged")):
        MendingHooks().on_pipeline_error(error)
    assert [path.name for path in tmp_path.iterdir()] == ["features.parquet"]


def test_a_damaged_table_does_not_exist_for_kedro(table):
    assert not table.exists()


def test_damaged_tables_of_a_catalog_are_set_aside_before_stages_are_chosen(table, tmp_path):
    whole = TableDataset(filepath=str(tmp_path / "pool.parquet"))
    whole.save(pd.DataFrame({"clip_id": ["a"]}))
    none = TableDataset(filepath=str(tmp_path / "none.parquet"))
    catalog = DataCatalog({"features": table, "pool": whole, "none": none})
    assert set_damaged_aside(catalog, []) == [tmp_path / "features.parquet"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".features.parquet.damaged",
        "pool.parquet",
    ]
