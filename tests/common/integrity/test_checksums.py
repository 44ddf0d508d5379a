import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.integrity.checksums import (
    CHECKSUM_KEY,
    DamagedFileError,
    checksum,
    checksum_file,
    checksum_json,
    is_intact_parquet,
    seal_parquet,
)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_checksum_is_crc32_and_may_be_continued(content, place):
    assert checksum(content) == f"{zlib.crc32(content):08x}"
    assert checksum(content[place:], checksum(content[:place])) == checksum(content)


def test_a_file_has_the_checksum_of_its_content(tmp_path):
    content = bytes(range(256)) * 9000
    (tmp_path / "clip.mp4").write_bytes(content)
    assert checksum_file(tmp_path / "clip.mp4") == checksum(content)


def test_the_order_of_json_and_its_own_checksum_change_nothing():
    one, other = {"a": 1, "b": "é"}, {"b": "é", "a": 1}
    assert checksum_json(one) == checksum_json(other)
    assert checksum_json({**one, CHECKSUM_KEY: "x"}) == checksum_json(one)
    assert checksum_json({**one, "a": 2}) != checksum_json(one)


def test_an_error_keeps_its_file_on_its_way_from_another_process():
    import pickle

    error = pickle.loads(pickle.dumps(DamagedFileError("a.tar is damaged", Path("a.tar"))))
    assert (str(error), error.path) == ("a.tar is damaged", Path("a.tar"))


@given(st.binary(max_size=60), st.binary(max_size=60), st.data())
def test_each_flipped_bit_of_a_sealed_file_is_seen(columns, footer, data):
    whole = b"PAR1" + columns + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    sealed = seal_parquet(whole)
    assert is_intact_parquet(whole) and is_intact_parquet(sealed)
    number = data.draw(st.integers(0, 8 * len(sealed) - 1))
    changed = bytearray(sealed)
    changed[number // 8] ^= 1 << number % 8
    # a wrong length of the footer hides the seal, and then Parquet itself cannot be read
    length = 8 * (len(sealed) - 8) <= number < 8 * (len(sealed) - 4)
    assert length or not is_intact_parquet(changed)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR", b"PAR1\xff\xff\xff\x7fPAR1"])
def test_what_is_too_short_is_not_intact(content):
    assert not is_intact_parquet(content)
