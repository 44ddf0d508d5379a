"""Paths in tables: each has one form, however it was written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.pipelines.preprocessing.places import from_root, to_root

PARTS = st.lists(st.sampled_from(["a", "b.mp4", ".", "..", "", ".hidden", "c d"]), max_size=6)


def relate(path):
    """Do it by paths alone, which takes longer."""
    whole = Path(path).absolute()
    return (whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole).as_posix()


@given(PARTS, st.sampled_from(["", "/", "//", "root", "root/", "rootless/"]))
def test_a_path_is_the_one_that_paths_give(parts, start):
    start = start.replace("root", str(Path.cwd()))
    path = start + "/".join(parts)
    assert from_root(path) == relate(path)


@pytest.mark.parametrize("path", ["data/a.mp4", "/elsewhere/a.mp4", "../a.mp4", "a b/电影.mp4"])
def test_there_and_back_is_the_same(path):
    assert from_root(str(to_root(path))) == path or path.startswith("..")


def test_no_path_stays_none():
    assert from_root(None) is None
