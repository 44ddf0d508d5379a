from pathlib import Path

from kedro.io import MemoryDataset

from libra_emo.datasets import CsvTableDataset, FolderDataset, dataset_path


def test_the_path_of_a_dataset_is_that_of_its_file_or_folder(tmp_path):
    assert dataset_path(CsvTableDataset(filepath=str(tmp_path / "a.csv"))) == tmp_path / "a.csv"
    assert dataset_path(FolderDataset(filepath="data/clips")) == Path("data/clips")


def test_what_is_only_in_memory_has_no_path():
    assert dataset_path(MemoryDataset(1)) is None
    assert dataset_path(None) is None
