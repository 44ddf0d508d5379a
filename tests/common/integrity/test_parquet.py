import pandas as pd
import pyarrow.parquet as pq
import pytest
from support.flipped_bits import flips

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.common.integrity.parquet import is_intact, read_parquet, write_parquet

TABLE = pd.DataFrame(
    {"clip_id": ["a", "b", "c"], "label": ["sad", None, "happy"], "confidence": [0.25, None, 1.0]}
)


@pytest.fixture
def path(tmp_path):
    write_parquet(TABLE, tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


def test_other_programs_read_it_as_any_other(path):
    pd.testing.assert_frame_equal(pd.read_parquet(path), read_parquet(path))
    assert pq.read_schema(path).names == list(TABLE)


def test_no_flipped_bit_gives_other_content(path):
    content = path.read_bytes()
    for changed in flips(content, 400):
        path.write_bytes(changed)
        with pytest.raises(DamagedFileError, match=r"table\.parquet is damaged") as raised:
            read_parquet(path)
        assert raised.value.path == path
    path.write_bytes(content)
    assert is_intact(path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_cut_off_or_with_zeros_is_damaged(path, share):
    content = path.read_bytes()
    kept = content[: round(share * len(content))]
    for damaged in (kept, kept + bytes(len(content) - len(kept))):
        path.write_bytes(damaged)
        assert not is_intact(path)
        with pytest.raises(DamagedFileError):
            read_parquet(path)


def test_a_table_of_others_has_no_seal_and_is_read(tmp_path):
    TABLE.to_parquet(tmp_path / "theirs.parquet")
    assert is_intact(tmp_path / "theirs.parquet")
    assert read_parquet(tmp_path / "theirs.parquet")["clip_id"].tolist() == ["a", "b", "c"]


def test_a_file_that_is_missing_is_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_parquet(tmp_path / "none.parquet")
