import pytest
from kedro.io import DatasetError

from libra_emo.datasets import TaxonomyDataset
from libra_emo.taxonomy import TAXONOMY_FILE, read_taxonomy


def test_the_taxonomy_is_read_from_its_file():
    assert TaxonomyDataset(filepath=str(TAXONOMY_FILE)).load() == read_taxonomy()


def test_a_pipeline_cannot_write_the_taxonomy(tmp_path):
    dataset = TaxonomyDataset(filepath=str(tmp_path / "taxonomy.yml"))
    assert not dataset.exists()
    with pytest.raises(DatasetError, match="written by people"):
        dataset.save(read_taxonomy())
