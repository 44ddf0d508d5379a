import pytest

from libra_emo.media.films.records import read_record, write_record


def test_record_is_read_with_its_key_alone(tmp_path):
    path = tmp_path / "records/film.json"
    assert write_record(path, "key", {"times": (1, 2)}) == {"times": [1, 2]}
    assert read_record(path, "key") == {"times": [1, 2]}
    assert read_record(path, "another key") is None


@pytest.mark.parametrize("text", ["", "[]", '{"key": "key"}', '{"key"'])
def test_damaged_record_counts_as_none(tmp_path, text):
    path = tmp_path / "film.json"
    path.write_text(text)
    assert read_record(path, "key") is None


def test_missing_record_is_none(tmp_path):
    assert read_record(tmp_path / "film.json", "key") is None
