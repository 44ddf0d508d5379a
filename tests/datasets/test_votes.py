import pytest
from kedro.io import DatasetError

from libra_emo.datasets import VoteStoreDataset


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


def test_a_store_that_is_not_there_yet_exists_and_is_empty(tmp_path):
    dataset = VoteStoreDataset(credentials="sqlite:///votes.db", path=str(tmp_path))
    assert dataset.exists()
    assert dataset.load().campaigns() == {}
    with pytest.raises(DatasetError, match="one by one"):
        dataset.save("votes")
