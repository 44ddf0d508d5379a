import json

import pandas as pd
import pytest
from kedro.io import DatasetError

from libra_emo.datasets import CsvTableDataset, JsonLinesDataset, ReportDataset, TableDataset
from libra_emo.datasets.files import PRIVATE_FIELDS

ROWS = [{"clip_id": "c1", "subtitle": "Private words.", "annotator": "Ann Example", "seconds": 2.5}]


@pytest.mark.parametrize("kind", [TableDataset, CsvTableDataset])
def test_preview_of_a_table_has_neither_words_nor_names(tmp_path, kind):
    dataset = kind(filepath=str(tmp_path / "table"))
    dataset.save(pd.DataFrame(ROWS))
    assert dataset.preview()["columns"] == ["clip_id", "seconds"]
    assert "rivate" not in str(dataset.preview())


@pytest.mark.parametrize("kind", [ReportDataset, JsonLinesDataset])
def test_preview_of_a_report_has_neither_words_nor_names(tmp_path, kind):
    dataset = kind(filepath=str(tmp_path / "report"))
    dataset.save({"clips": ROWS} if kind is ReportDataset else ROWS)
    shown = str(json.loads(dataset.preview()))
    assert "c1" in shown
    assert "rivate" not in shown and "Ann" not in shown


def test_private_columns_are_those_of_the_schemas():
    from libra_emo.schemas import SCHEMAS

    columns = {name for schema in SCHEMAS.values() for name in schema.to_schema().columns}
    assert {"subtitle", "annotator", "explanation", "reply"} <= PRIVATE_FIELDS & columns


def test_whole_preview_can_still_be_refused(tmp_path):
    dataset = TableDataset(filepath=str(tmp_path / "table"), preview=False)
    dataset.save(pd.DataFrame(ROWS))
    with pytest.raises(DatasetError, match="permits no preview"):
        dataset.preview()
