import numpy as np
import pytest

from libra_emo.media.shards import ClipData, ShardError, ShardReader, ShardWriter


def make_clip(clip_id="c-1"):
    frame = np.full((20, 30, 3), 90, np.uint8)
    return ClipData(clip_id, [frame], [0.0], np.zeros(1600, np.float32), 16_000)


def test_nothing_appears_when_writing_fails(tmp_path):
    with pytest.raises(RuntimeError), ShardWriter(tmp_path, "film") as shard:
        shard.add(make_clip())
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_older_file_stays_when_writing_fails(tmp_path):
    with ShardWriter(tmp_path, "film") as shard:
        shard.add(make_clip("old"))
    with pytest.raises(RuntimeError), ShardWriter(tmp_path, "film") as shard:
        shard.add(make_clip("new"))
        raise RuntimeError
    assert ShardReader(tmp_path).clip_ids() == ["old"]


def test_film_without_clips_has_no_file(tmp_path):
    with ShardWriter(tmp_path, "film") as shard:
        shard.add(make_clip())
    with ShardWriter(tmp_path, "film"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_unknown_clip_is_named(tmp_path):
    with pytest.raises(ShardError, match="clip nowhere"):
        ShardReader(tmp_path).clip("nowhere")


def test_folder_that_is_not_there_has_no_clips(tmp_path):
    assert ShardReader(tmp_path / "none").clip_ids() == []


def test_file_that_is_no_shard_is_named(tmp_path):
    (tmp_path / "film.tar").write_bytes(b"no tar at all" * 100)
    with pytest.raises(ShardError, match=r"film\.tar"):
        ShardReader(tmp_path).clip_ids()


@pytest.mark.parametrize("ending", ["00.jpg", "flac", "json"])
def test_damaged_member_is_named(tmp_path, ending):
    with ShardWriter(tmp_path, "film") as shard:
        shard.add(make_clip())
    reader = ShardReader(tmp_path)
    offset, size = reader._members_of("c-1")[1].by_ending()[ending]
    path = tmp_path / "film.tar"
    content = bytearray(path.read_bytes())
    content[offset : offset + size] = b"\xff" * size
    path.write_bytes(content)
    with pytest.raises(ShardError, match="clip c-1"):
        ShardReader(tmp_path).clip("c-1")
