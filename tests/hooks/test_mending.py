import pandas as pd
import pytest
from kedro.io import DataCatalog, DatasetError

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.datasets import CsvTableDataset, ReportDataset, TableDataset
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


def test_reports_are_set_aside_too_and_their_checksums_go(tmp_path):
    report = ReportDataset(filepath=str(tmp_path / "round_1.json"))
    report.save({"round": 1})
    (tmp_path / "round_1.json").write_text('{"round": 2}')
    assert set_damaged_aside(DataCatalog({"round_1.report": report}), []) == [
        tmp_path / "round_1.json"
    ]
    assert [path.name for path in tmp_path.iterdir()] == [".round_1.json.damaged"]


def test_what_cannot_be_made_again_stays_and_ends_the_run(tmp_path):
    split = CsvTableDataset(filepath=str(tmp_path / "split.csv"), remembered=True)
    split.save(pd.DataFrame({"side": ["pool"]}))
    (tmp_path / "split.csv").write_text("side\nbench\n")
    with pytest.raises(DamagedFileError, match="the last whole copy is"):
        set_damaged_aside(DataCatalog({"split": split}), [])
    with pytest.raises(DatasetError) as raised:
        split.load()
    MendingHooks().on_pipeline_error(raised.value)
    assert (tmp_path / "split.csv").read_text() == "side\nbench\n"
