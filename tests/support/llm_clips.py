"""Clips for tests of asking models: a folder of shards with drawn pictures and a tone."""

from pathlib import Path

import numpy as np

from libra_emo.media.shards import ClipData, ShardReader, ShardWriter


def clip_names(count: int) -> list[str]:
    return [f"film-{n:08d}-00000000-00004000" for n in range(count)]


def make_shards(
    folder: Path, count: int, frames: int = 16, size: tuple[int, int] = (96, 64)
) -> ShardReader:
    """Write so many clips of plain pictures and half a second of sound; return the reader."""
    width, height = size
    with ShardWriter(folder, "film") as shard:
        for number, clip_id in enumerate(clip_names(count)):
            random = np.random.default_rng(number)
            colours = random.integers(30, 220, (frames, 1, 1, 3), dtype=np.uint8)
            pictures = list(np.broadcast_to(colours, (frames, height, width, 3)).copy())
            tone = 0.1 * np.sin(np.arange(8000) * (0.02 + 0.001 * number))
            times = [float(place) for place in range(frames)]
            shard.add(ClipData(clip_id, pictures, times, tone.astype(np.float32), 16_000))
    return ShardReader(folder)
