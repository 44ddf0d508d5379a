"""The index beside a shard: it says what the shard's own headers say, or it does not count."""

import os
import tarfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.flipped_bits import flips

from libra_emo.media.shards import (
    ClipData,
    DamagedShardError,
    ShardReader,
    ShardWriter,
    remove_orphans,
)
from libra_emo.media.shards.index import index_path, read_index, walk, write_index


def write(folder, film, clips, seed=1, pixels=16):
    """Write a shard of clips with so many frames each."""
    random = np.random.default_rng(seed)
    with ShardWriter(folder, film) as shard:
        for clip_id, count in clips.items():
            size = (pixels, pixels, 3)
            frames = [random.integers(0, 255, size, dtype=np.uint8) for _ in range(count)]
            sound = random.uniform(-0.5, 0.5, 400).astype(np.float32)
            shard.add(ClipData(clip_id, frames, list(range(count)), sound, 16_000))
    return folder / f"{film}.tar"


def read_all(folder):
    reader = ShardReader(folder)
    return {clip_id: reader.raw(clip_id) for clip_id in reader.clip_ids()}


@pytest.fixture
def shard(tmp_path):
    return write(tmp_path, "film-1", {f"film-1-{n:08d}-{n + 4:08d}": 2 for n in range(3)})


def no_walking(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the tar was walked through")

    monkeypatch.setattr(tarfile, "open", refuse)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="./\0"), min_size=1, max_size=60)


@settings(max_examples=25, deadline=None)
@given(clips=st.dictionaries(NAMES, st.integers(0, 17), min_size=1, max_size=4))
def test_the_writers_index_is_what_the_headers_say(tmp_path_factory, clips):
    encoded = {name: n for name, n in clips.items() if len(name.encode()) < 80}
    if not encoded:
        return
    path = write(tmp_path_factory.mktemp("shards"), "film", encoded)
    assert read_index(path) == walk(path)
    assert set(read_index(path)) == set(encoded)


def test_with_its_index_no_shard_is_walked_through(shard, monkeypatch):
    known = read_all(shard.parent)
    no_walking(monkeypatch)
    assert read_all(shard.parent) == known


def test_a_shard_without_index_gets_one(shard, monkeypatch):
    index_path(shard).unlink()
    known = read_all(shard.parent)
    assert index_path(shard).is_file()
    no_walking(monkeypatch)
    assert read_all(shard.parent) == known


def test_where_none_can_be_written_there_is_none(shard, monkeypatch):
    known = read_all(shard.parent)
    index_path(shard).unlink()

    def refuse(*_, **__):
        raise PermissionError("read-only")

    monkeypatch.setattr(os, "replace", refuse)
    assert read_all(shard.parent) == known
    assert [path.name for path in shard.parent.iterdir()] == [shard.name]


def test_no_damage_to_an_index_changes_what_is_read(shard):
    known, content = read_all(shard.parent), index_path(shard).read_bytes()
    damaged = [*flips(content, 60), b"", content[:40], content[:-1], b"[]", b"00000000\n"]
    for each in damaged:
        index_path(shard).write_bytes(each)
        assert read_all(shard.parent) == known
        assert index_path(shard).read_bytes() == content  # it is made again


@pytest.mark.parametrize("pixels", [16, 40])
def test_the_index_of_another_shard_changes_nothing(tmp_path, pixels):
    """As after `dvc checkout`, which replaces a shard and knows nothing of its index."""
    clips = {"film-1-a-b": 2, "film-1-b-c": 2}
    old = write(tmp_path / "old", "film-1", clips, seed=2, pixels=16)
    new = write(tmp_path / "new", "film-1", clips, seed=3, pixels=pixels)
    known = read_all(new.parent)
    os.replace(index_path(old), index_path(new))
    assert read_all(new.parent) == known


def test_an_index_that_only_seems_right_is_found_wrong_when_it_is_used(tmp_path):
    path = write(tmp_path, "film-1", {"film-1-a-b": 2, "film-1-b-c": 2, "film-1-c-d": 2})
    known, places = read_all(tmp_path), walk(path)
    first, second = places["film-1-a-b"], places["film-1-b-c"]
    wrong = {**places, "film-1-a-b": second, "film-1-b-c": first, "film-1-x-y": first}
    write_index(path, wrong)
    reader = ShardReader(tmp_path)
    assert reader.raw("film-1-b-c") == known["film-1-b-c"]
    assert reader.clip_ids() == sorted(known)
    with pytest.raises(DamagedShardError):
        ShardReader(tmp_path).raw("film-1-x-y")


def test_damage_in_a_shard_costs_its_own_clip(shard):
    ids = sorted(walk(shard))
    content = bytearray(shard.read_bytes())
    start, _ = walk(shard)[ids[1]].by_ending()["00.jpg"]
    content[start - 300] ^= 1  # in the header before the content
    content[start] ^= 1
    known = {clip: ShardReader(shard.parent).raw(clip) for clip in (ids[0], ids[2])}
    shard.write_bytes(content)
    reader = ShardReader(shard.parent)
    assert reader.raw(ids[0]) == known[ids[0]]
    assert reader.raw(ids[2]) == known[ids[2]]
    with pytest.raises(DamagedShardError, match=ids[1]):
        reader.raw(ids[1])


def test_the_index_goes_with_its_shard(shard, tmp_path):
    other = write(tmp_path, "film-2", {"film-2-a-b": 1})
    shard.unlink()
    remove_orphans(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {other.name, index_path(other).name}


def test_shards_have_the_same_bytes_and_so_have_their_indexes(tmp_path):
    clips = {"film-1-a-b": 3}
    one, two = (write(tmp_path / name, "film-1", clips) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert index_path(one).read_bytes() == index_path(two).read_bytes()
