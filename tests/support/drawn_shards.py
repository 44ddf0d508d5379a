"""Shards of drawn clips."""

import numpy as np

from libra_emo.media.shards import ClipData, ShardReader, ShardWriter


def draw_shard(folder, film, clips, seed=1, pixels=16):
    """Write a shard of clips with so many frames each, and return its path."""
    random = np.random.default_rng(seed)
    with ShardWriter(folder, film) as shard:
        for clip_id, count in clips.items():
            size = (pixels, pixels, 3)
            frames = [random.integers(0, 255, size, dtype=np.uint8) for _ in range(count)]
            sound = random.uniform(-0.5, 0.5, 400).astype(np.float32)
            shard.add(ClipData(clip_id, frames, list(range(count)), sound, 16_000))
    return folder / f"{film}.tar"


def draw_shards(folder, films=3, clips=4, frames=2, pixels=16):
    """Write shards of several films."""
    for film in range(films):
        name = f"film-{film:08x}"
        ids = {f"{name}-{n:08d}-{n + 4:08d}": frames for n in range(clips)}
        draw_shard(folder, name, ids, film, pixels)


def read_all(reader):
    """Return the files of all clips."""
    if not isinstance(reader, ShardReader):
        reader = ShardReader(reader)
    return {clip_id: reader.raw(clip_id) for clip_id in reader.clip_ids()}
