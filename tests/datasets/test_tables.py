import hashlib
import inspect

import pandas as pd
import pytest
from kedro.io import DatasetError

from libra_emo.datasets import CsvTableDataset, TableDataset
from libra_emo.schemas import TableError

QUEUE = pd.DataFrame(
    {
        "clip_id": ["a", "b"],
        "current_label": ["sad", None],
        "predicted": [None, None],
        "confidence": [0.25, None],
    }
)


def queue_dataset(folder, **more):
    return TableDataset(filepath=str(folder / "queue.parquet"), schema="Queue", **more)


def test_a_table_comes_back_as_it_went_in(tmp_path):
    dataset = queue_dataset(tmp_path)
    dataset.save(QUEUE)
    back = dataset.load()
    assert back["clip_id"].tolist() == ["a", "b"]
    assert back["current_label"].isna().tolist() == [False, True]
    assert back["confidence"].tolist()[0] == 0.25


def test_the_same_table_makes_the_same_bytes(tmp_path):
    digests = set()
    for name, table in [("x", QUEUE), ("y", QUEUE.copy()), ("z", QUEUE[list(QUEUE)[::-1]])]:
        dataset = queue_dataset(tmp_path / name)
        dataset.save(table)
        digests.add(hashlib.sha256((tmp_path / name / "queue.parquet").read_bytes()).hexdigest())
        dataset.save(dataset.load())
        digests.add(hashlib.sha256((tmp_path / name / "queue.parquet").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_column_without_values_keeps_its_type(tmp_path):
    import pyarrow.parquet as pq

    queue_dataset(tmp_path).save(QUEUE)
    schema = pq.read_schema(tmp_path / "queue.parquet")
    assert str(schema.field("predicted").type) == "string"
    assert schema.metadata is None


def test_a_csv_table_comes_back(tmp_path):
    dataset = CsvTableDataset(filepath=str(tmp_path / "scores.csv"))
    table = pd.DataFrame({"model": ["forest"], "accuracy": [0.1 + 0.2]})
    dataset.save(table)
    pd.testing.assert_frame_equal(dataset.load(), table)
    assert (tmp_path / "scores.csv").read_bytes() == b"model,accuracy\nforest,0.30000000000000004\n"


def test_the_preview_is_plain_data_of_the_kind_that_kedro_viz_knows(tmp_path):
    dataset = queue_dataset(tmp_path)
    dataset.save(QUEUE)
    assert dataset.preview()["data"][1] == ["b", None, None, None]
    annotation = inspect.signature(dataset.preview).return_annotation
    assert getattr(annotation, "__name__", str(annotation)) == "TablePreview"


@pytest.mark.parametrize(
    "said", [{"metadata": {"kedro-viz": {"preview": False}}}, {"preview": False}]
)
def test_a_table_that_is_not_to_be_shown_has_no_preview(tmp_path, said):
    dataset = queue_dataset(tmp_path, **said)
    assert dataset.metadata["kedro-viz"]["preview"] is False
    dataset.save(QUEUE)
    with pytest.raises(DatasetError, match="permits no preview"):
        dataset.preview()


def test_a_table_that_breaks_its_schema_is_refused_on_the_way_in(tmp_path):
    dataset = queue_dataset(tmp_path)
    with pytest.raises(DatasetError) as caught:
        dataset.save(QUEUE.drop(columns="predicted"))
    assert isinstance(caught.value.__cause__, TableError)
    assert "queue.parquet: Queue" in str(caught.value.__cause__)
    assert not dataset.exists()


def test_and_on_the_way_out(tmp_path):
    TableDataset(filepath=str(tmp_path / "queue.parquet")).save(pd.DataFrame({"clip_id": ["a"]}))
    with pytest.raises(DatasetError) as caught:
        queue_dataset(tmp_path).load()
    assert isinstance(caught.value.__cause__, TableError)


def test_an_unknown_schema_is_named():
    with pytest.raises(TableError, match="'Nope' is not a schema; the schemas are Sources"):
        TableDataset(filepath="x.parquet", schema="Nope")
