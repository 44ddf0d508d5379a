"""Clips a second from remote shards against local ones, with and without reading ahead.

Shards of drawn clips lie in a folder, and behind a web server on loopback that waits before each
answer, as a distant one does. All clips are read and decoded in order. The server is a process of
its own. Printed, and as JSON:

    .venv/bin/python benchmarks/remote_shards.py --json FILE [--clips 120] [--latency-ms 0 20 100]

Each line names the way (`local`, `remote`, `remote ahead`), the latency, clips a second by the
clock, seconds of CPU of the reader's process, bytes that were transferred over the bytes of the
clips, and the seconds in which the indexes were opened, for the first and for a second time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from support.range_server import RangeServer

from libra_emo.common.files import write_json
from libra_emo.media.shards import ClipData, ShardReader, ShardWriter

CLIPS_A_FILM = 20
FRAMES, PIXELS, SECONDS = 16, 448, 5


def main() -> None:
    """Measure each way at each latency, print, and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path)
    options.add_argument("--clips", type=int, default=120)
    options.add_argument("--latency-ms", type=float, nargs="+", default=[0, 20, 100])
    options.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve(Path(chosen.serve[0]), float(chosen.serve[1]))
        return
    with TemporaryDirectory() as folder:
        draw(Path(folder) / "shards", chosen.clips)
        found = [measure("local", ShardReader(Path(folder) / "shards"), None)]
        print(json.dumps(found[0]), flush=True)
        for latency in chosen.latency_ms:
            for line in measure_remote(Path(folder), latency):
                found.append(line)
                print(json.dumps(line), flush=True)
    if chosen.json:
        write_json(chosen.json, {"clips": chosen.clips, "ways": found})


def draw(folder: Path, clips: int) -> None:
    """Write shards of clips of usual size."""
    random = np.random.default_rng(1)
    coarse = random.integers(0, 255, (FRAMES, PIXELS // 8, PIXELS // 8, 3), dtype=np.uint8)
    frames = [frame.repeat(8, axis=0).repeat(8, axis=1) for frame in coarse]
    sound = random.normal(0, 0.1, SECONDS * 16_000).astype(np.float32)
    for film in range(-(-clips // CLIPS_A_FILM)):
        with ShardWriter(folder, f"film-{film:08x}") as shard:
            for number in range(film * CLIPS_A_FILM, min(clips, (film + 1) * CLIPS_A_FILM)):
                name = f"film-{film:08x}-{number:08d}-{number + 4:08d}"
                shard.add(ClipData(name, frames, [0.0] * FRAMES, sound, 16_000))


def measure_remote(folder: Path, latency_ms: float) -> Iterator[dict[str, Any]]:
    """Give the figures of reading remote shards, without and with reading ahead."""
    with serving(folder, latency_ms) as address, TemporaryDirectory() as cache:
        for way in ("remote", "remote ahead"):
            reader = ShardReader(f"{address}/shards", cache=Path(cache))
            yield {"latency_ms": latency_ms, **measure(way, reader, address)}


def measure(way: str, reader: ShardReader, address: str | None) -> dict[str, Any]:
    """Return the figures of reading and decoding all clips."""
    start = time.perf_counter()
    ids = reader.clip_ids()
    opened = time.perf_counter() - start
    needed = sum(reader.size(clip_id) for clip_id in ids)
    sent, cpu, start = count_sent(address), cpu_seconds(), time.perf_counter()
    if way == "remote ahead":
        with reader.ahead(ids) as source:
            for clip_id in ids:
                source.clip(clip_id)
    else:
        for clip_id in ids:
            reader.clip(clip_id)
    seconds = time.perf_counter() - start
    figures = {
        "way": way,
        "clips_a_second": round(len(ids) / seconds, 1),
        "cpu_s": round(cpu_seconds() - cpu, 2),
        "open_s": round(opened, 3),
        "megabytes_needed": round(needed / 1e6, 1),
    }
    if address is not None:
        figures["transferred_over_needed"] = round((count_sent(address) - sent) / needed, 4)
    return figures


def cpu_seconds() -> float:
    """Return the CPU time of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def count_sent(address: str | None) -> int:
    """Return how many bytes the server has sent."""
    if address is None:
        return 0
    from urllib.request import urlopen

    with urlopen(f"{address}/sent") as answer:
        return int(answer.read())


@contextmanager
def serving(folder: Path, latency_ms: float) -> Iterator[str]:
    """Serve a folder by a process of its own, and return the address."""
    command = [sys.executable, __file__, "--serve", str(folder), str(latency_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def serve(folder: Path, latency_ms: float) -> None:
    """Serve a folder until the process is ended."""
    server = RangeServer(folder)
    server.latency_s = latency_ms / 1000
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
