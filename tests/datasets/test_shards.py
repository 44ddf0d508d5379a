import fsspec
import pandas as pd
import pytest
from kedro.io import DatasetError
from support.drawn_shards import draw_shards
from support.range_server import serving_ranges

from libra_emo.datasets import ShardsDataset, dataset_path
from libra_emo.errors import LibraEmoError
from libra_emo.media.shards import ShardReader


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


@pytest.fixture
def remote(tmp_path):
    draw_shards(tmp_path / "shards", films=2)
    place = f"/{tmp_path.name}/shards"
    fsspec.filesystem("memory").put(f"{tmp_path}/shards/", f"{place}/", recursive=True)
    return f"memory:/{place}"


def test_a_folder_at_an_address_is_read_and_its_index_written(tmp_path, remote):
    dataset = ShardsDataset(filepath=remote, index_cache=str(tmp_path / "cache"))
    reader = dataset.load()
    assert reader.clip_ids() == ShardReader(tmp_path / "shards").clip_ids()
    assert list((tmp_path / "cache").rglob("*.index"))
    assert not dataset.exists()
    index = pd.DataFrame({"clip_id": ["c2", "c1"], "shard": ["film-00000001.tar", "lost.tar"]})
    with pytest.raises(DatasetError, match=r"1 shards are missing, the first is lost.tar"):
        dataset.save(index)
    dataset.save(index[:1])
    assert dataset.exists()
    assert dataset_path(dataset) is None
    name = f"{remote.removeprefix('memory:/')}/film-00000001.tar"
    fsspec.filesystem("memory").rm(name)
    assert not dataset.exists()


def test_the_login_of_an_address_is_used_and_never_shown(tmp_path):
    draw_shards(tmp_path / "shards", films=1)
    with serving_ranges(tmp_path) as server:
        server.login = "Basic bmFtZTpzM2NyZXQ="
        login = {"username": "name", "password": "s3cret"}
        dataset = ShardsDataset(filepath=f"{server.url}/shards", credentials=login)
        assert len(dataset.load().clip_ids()) == 4
        assert "s3cret" not in f"{dataset} {dataset!r} {dataset._describe()}"
        with pytest.raises(DatasetError, match=r"index.parquet: it cannot be written"):
            dataset.save(pd.DataFrame({"clip_id": ["c"], "shard": ["film-00000000.tar"]}))
    with pytest.raises(LibraEmoError, match="other fields than username, password, query"):
        ShardsDataset(filepath="http://host/shards", credentials={"token": "s3cret"})


def test_an_address_of_this_machine_is_a_folder(tmp_path):
    dataset = ShardsDataset(filepath=f"file://{tmp_path}")
    assert dataset_path(dataset) == tmp_path
