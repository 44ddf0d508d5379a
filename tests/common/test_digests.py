import hashlib
import os
from pathlib import Path

import pytest

from libra_emo.common.digests import (
    digest_bytes,
    digest_file,
    digest_files,
    digest_folder,
    digest_json,
    digest_sampled,
    digest_text,
)

# FIPS 180-2, appendix B.1
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_digests_are_sha256(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert digest_text("abc") == digest_bytes(b"abc") == digest_file(path) == ABC


def test_a_name_that_is_no_utf8_has_a_digest(tmp_path):
    name = os.fsdecode(b"caf\xe9")
    assert digest_text(name) == hashlib.sha256(b"caf\xe9").hexdigest()
    try:
        (tmp_path / name).write_bytes(b"abc")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    assert len(digest_folder(tmp_path)) == 64


def test_the_order_of_keys_changes_nothing_and_a_path_is_its_text():
    assert digest_json({"a": 1, "b": [Path("x")]}) == digest_json({"b": ["x"], "a": 1})
    assert digest_json({"a": 1}) != digest_json({"a": 2})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "a").write_text("1")
    (tmp_path / "inner" / "b").write_text("2")
    return tmp_path


def test_the_order_of_files_changes_nothing(folder):
    files = [folder / "a", folder / "inner" / "b"]
    assert digest_files(files, folder) == digest_files(files[::-1], folder)
    assert digest_files(files, folder) == digest_folder(folder)


def test_a_folder_elsewhere_with_the_same_files_has_the_same_digest(folder, tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy") / "folder"
    os.rename(folder, copy)
    digest = digest_folder(copy)
    os.rename(copy, folder)
    assert digest == digest_folder(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a").write_text("2"),
        lambda folder: (folder / "a").rename(folder / "c"),
        lambda folder: (folder / "c").write_text(""),
        lambda folder: (folder / "inner" / "b").unlink(),
    ],
)
def test_content_names_and_number_of_files_count(folder, change):
    before = digest_folder(folder)
    change(folder)
    assert digest_folder(folder) != before


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        digest_file(tmp_path / "missing")


def test_large_files_are_digested_by_blocks_that_a_training_changes(tmp_path):
    path = tmp_path / "weights"
    size = 80 << 20
    with path.open("wb") as file:
        file.truncate(size)
    before = digest_sampled(path)
    assert before != digest_file(path)
    for place in (0, size - 1):
        with path.open("r+b") as file:
            file.seek(place)
            file.write(b"x")
        after = digest_sampled(path)
        assert after != before
        before = after


def test_small_files_are_digested_whole(tmp_path):
    path = tmp_path / "card"
    path.write_bytes(b"abc")
    assert digest_sampled(path) == digest_file(path)
