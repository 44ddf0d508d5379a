"""Measures how fast a model is asked about clips, against a server with a fixed latency.

    python benchmarks/voting.py [--calls 480] [--latency 0.2] [--at-once 16 64] [--processes 1 2 3]
    python benchmarks/voting.py --memory [--clips 10000]

Each call has sixteen pictures of about 25 kB. httpx, OpenAI's client and litellm, each used
plainly, take turns with the project's client, which has a ledger, money and rate limits. The ideal
is calls at once / latency. Printed are the median round, the lowest and the highest. The server is
a process of its own and discards what it reads, since it shares the processor with what is
measured. With `--memory` the memory after the first thousand clips and at the end is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from answering_server import serving
from asked_clips import Clips, make_shards
from meter import Meter
from plain_ways import WAYS, Plainly

from libra_emo.common.files import write_json


def measure_speed(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Print a row for each way and number of calls at once, and return the figures."""
    figures = []
    folder = Path(tempfile.mkdtemp())
    make_shards(folder, asked.calls)
    with serving(asked.latency) as (url, server):
        clips = Clips(url, folder)
        size = sum(len(p) for p in clips.question(0).attachments.pictures) / 16000
        print(f"{asked.calls} calls, {asked.latency:g} s latency, 16 pictures of {size:.0f} kB")
        print("at once | way               | calls/s | of ideal (lowest-highest) | CPU ms/call")
        for at_once in asked.at_once:
            ways = _ways(clips, Plainly(url, clips), at_once, asked.processes)
            rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
            for _ in range(asked.rounds):
                for name, way in ways.items():
                    meter = Meter(asked.calls, server)
                    way(meter)
                    rounds[name].append(meter.result())
            for name, results in rounds.items():
                print(_row(at_once, name, results, asked.latency / at_once), flush=True)
                rate = statistics.median(rate for rate, _ in results)
                figures.append(
                    {
                        "at_once": at_once,
                        "way": name,
                        "calls_per_second": rate,
                        "share_of_ideal": rate * asked.latency / at_once,
                        "cpu_ms_per_call": 1000 * statistics.median(cpu for _, cpu in results),
                    }
                )
    return figures


def _ways(
    clips: Clips, plainly: Plainly, at_once: int, processes: list[int]
) -> dict[str, Callable[[Meter], object]]:
    """Return the ways that are compared, by name."""
    ways: dict[str, Callable[[Meter], object]] = {
        name: partial(_plain, getattr(plainly, name), at_once) for name in WAYS
    }
    for count in processes:
        name = "ours" if count == 1 else f"ours, {count} processes"
        ways[name] = partial(_ours, clips, at_once, count)
    return ways


def _row(at_once: int, name: str, results: list[tuple[float, float]], ideal_s: float) -> str:
    rates = sorted(rate for rate, _ in results)
    shares = [rate * ideal_s for rate in (statistics.median(rates), rates[0], rates[-1])]
    cpu = statistics.median(cpu for _, cpu in results)
    share = f"{shares[0]:.0%} ({shares[1]:.0%}-{shares[2]:.0%})"
    return f"{at_once:7} | {name:17} | {shares[0] / ideal_s:7.1f} | {share:25} | {1000 * cpu:11.1f}"


def _plain(way: Callable[[Meter, int], Any], at_once: int, meter: Meter) -> None:
    asyncio.run(way(meter, at_once))


def _ours(clips: Clips, at_once: int, processes: int, meter: Meter) -> None:
    clips.ask(meter.calls, at_once, processes, meter.count)


def measure_memory(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Print and return the memory of this process after every 1,000 clips; pictures are small."""
    folder = Path(tempfile.mkdtemp())
    make_shards(folder, asked.clips, width=32)
    seen: dict[int, float] = {}

    def record(name: str, tally: Any, money: Any) -> None:
        if tally.done % 1000 == 0:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            seen[tally.done] = pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    with serving(0.0) as (url, _):
        Clips(url, folder).ask(asked.clips, 16, asked.processes[0], record)
    for done, megabytes in seen.items():
        print(f"{done:6d} clips: {megabytes:6.1f} MB")
    first, last = seen[min(seen)], seen[max(seen)]
    print(f"from the first to the last: {last - first:+.1f} MB")
    return [{"clips": done, "memory_mb": megabytes} for done, megabytes in seen.items()]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=480)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--at-once", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="file for the figures, besides the terminal")
    asked = parser.parse_args()
    figures = measure_memory(asked) if asked.memory else measure_speed(asked)
    if asked.json:
        write_json(asked.json, figures)


if __name__ == "__main__":
    sys.exit(main())
