import pytest
from kedro.io import DatasetError

from libra_emo.datasets import FolderDataset, dataset_path
from libra_emo.datasets.folders import WorkFolderDataset


@pytest.mark.parametrize("kind", [FolderDataset, WorkFolderDataset])
def test_a_folder_is_made_when_it_is_loaded(tmp_path, kind):
    dataset = kind(filepath=str(tmp_path / "a" / "b"))
    assert dataset.exists()
    assert dataset.load() == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()
    with pytest.raises(DatasetError, match="write into"):
        dataset.save("x")


def test_the_path_of_a_work_folder_is_hidden_from_dvc(tmp_path):
    assert dataset_path(FolderDataset(filepath=str(tmp_path))) == tmp_path
    assert dataset_path(WorkFolderDataset(filepath=str(tmp_path))) is None
