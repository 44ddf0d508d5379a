import numpy as np
import pytest
from support.flipped_bits import flips

from libra_emo.media.shards import (
    ClipData,
    DamagedShardError,
    ShardError,
    ShardReader,
    ShardWriter,
)

CLIPS = ("film-00000000-00001000-00005000", "film-00000000-00005000-00009000")


@pytest.fixture
def path(tmp_path):
    random = np.random.default_rng(1)
    with ShardWriter(tmp_path, "film-00000000") as shard:
        for clip_id in CLIPS:
            frames = [random.integers(0, 255, (96, 96, 3), dtype=np.uint8) for _ in range(3)]
            sound = random.uniform(-0.5, 0.5, 16_000).astype(np.float32)
            shard.add(ClipData(clip_id, frames, [0.0, 0.5, 0.9], sound, 16_000))
    return tmp_path / "film-00000000.tar"


def read(path):
    reader = ShardReader(path.parent)
    return [reader.raw(clip_id) for clip_id in CLIPS]


def test_no_flipped_bit_gives_other_content(path):
    content, files = path.read_bytes(), read(path)
    noticed = 0
    for changed in flips(content, 300):
        path.write_bytes(changed)
        try:
            # what follows the last file of a tar is no content
            assert read(path) == files
        except DamagedShardError as error:
            assert error.path == path
            noticed += 1
    assert noticed > 270


@pytest.mark.parametrize("start", [0.1, 0.5, 0.8])
def test_zeros_inside_a_shard_are_seen(path, start):
    content = bytearray(path.read_bytes())
    place = round(start * len(content))
    content[place : place + 2000] = bytes(2000)
    path.write_bytes(content)
    with pytest.raises(DamagedShardError, match="run preprocessing again"):
        read(path)


def test_a_shard_that_is_cut_off_is_seen(path):
    path.write_bytes(path.read_bytes()[:-20_000])
    with pytest.raises(DamagedShardError):
        read(path)


def test_a_clip_of_a_film_without_shard_is_missing_and_not_damaged(path):
    with pytest.raises(ShardError) as raised:
        ShardReader(path.parent).raw("other-00000000-00001000-00005000")
    assert not isinstance(raised.value, DamagedShardError)
