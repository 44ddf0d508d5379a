import pandas as pd
import pytest
from kedro.io import DatasetError

from libra_emo.datasets import FolderDataset, ShardsDataset, TaxonomyDataset, VoteStoreDataset
from libra_emo.taxonomy import TAXONOMY_FILE, read_taxonomy


def test_a_folder_is_made_when_it_is_loaded(tmp_path):
    dataset = FolderDataset(filepath=str(tmp_path / "a" / "b"))
    assert dataset.exists()
    assert dataset.load() == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()
    with pytest.raises(DatasetError, match="write into"):
        dataset.save("x")


def test_shards_exist_once_the_index_and_all_it_names_are_there(tmp_path):
    dataset = ShardsDataset(filepath=str(tmp_path / "shards"))
    index = pd.DataFrame({"clip_id": ["c2", "c1"], "shard": ["b.tar", "a.tar"]})
    assert not dataset.exists()
    with pytest.raises(DatasetError, match="2 shards are missing"):
        dataset.save(index)
    assert not dataset.exists()
    (tmp_path / "shards").mkdir(exist_ok=True)
    for name in index["shard"]:
        (tmp_path / "shards" / name).touch()
    dataset.save(index)
    assert dataset.exists()
    (tmp_path / "shards" / "b.tar").unlink()
    assert not dataset.exists()


def test_the_taxonomy_is_read_from_its_file():
    assert TaxonomyDataset(filepath=str(TAXONOMY_FILE)).load() == read_taxonomy()


@pytest.mark.parametrize(
    ("url", "placed"),
    [
        ("sqlite:///data/votes.db", "sqlite:////home/data/votes.db"),
        ("sqlite:////data/votes.db", "sqlite:////data/votes.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql://u:secret@h/db", "postgresql://u:secret@h/db"),
    ],
)
def test_a_relative_file_starts_at_the_path(url, placed):
    dataset = VoteStoreDataset(credentials={"url": url}, path="/home")
    assert dataset._url == placed
    assert "secret" not in str(dataset)
