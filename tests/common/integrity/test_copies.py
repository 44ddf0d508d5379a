import os

import pytest

from libra_emo.common.integrity.beside import new_checked_file
from libra_emo.common.integrity.copies import copy_of, describe_damage, keep_copy


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "split.csv"
    with new_checked_file(place) as part:
        part.write_text("sha256,side\n0,bench\n")
    keep_copy(place)
    return place


def test_the_last_whole_copy_is_named_with_its_time(path):
    os.utime(copy_of(path), (1_700_000_000, 1_700_000_000))
    line = describe_damage(path, "its checksum differs")
    assert f"{path} is damaged: its checksum differs, and it cannot be made again" in line
    assert f"the last whole copy is {copy_of(path)} of 2023-11-14 22:13 UTC" in line
    assert copy_of(path).read_text() == path.read_text()


@pytest.mark.parametrize("content", [None, "sha256,side\n0,bencj\n"])
def test_a_copy_that_is_missing_or_damaged_is_not_named(path, content):
    copy_of(path).unlink()
    if content is not None:
        copy_of(path).write_text(content)
    line = describe_damage(path, "its checksum differs")
    assert "git checkout -- split.csv" in line and ".copy" not in line
