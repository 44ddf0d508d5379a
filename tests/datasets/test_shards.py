import pandas as pd
import pytest
from kedro.io import DatasetError

from libra_emo.datasets import ShardsDataset


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
