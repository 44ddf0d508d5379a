"""Counts what faults cost: kills, outages, full disks, two runs at once, flipped bits.

    python benchmarks/faults.py [--json FILE]              every part in full (hours)
    python benchmarks/faults.py --quick [--json FILE]      about a tenth of it (minutes)
    python benchmarks/faults.py --part flips twice         only these parts
    python benchmarks/faults.py --work FOLDER              keeps the whole run, and uses it again

A copy of the project makes a whole run on a small sample. Then, on copies of it:

kills    A run from nothing is killed by SIGKILL, each time at another moment, and started again.
         With --quick each pipeline is killed once and run again, with all before it done.
outages  Films come from a server on this machine, which answers with an error, breaks off or hangs
         when a second run asks for them anew. A third run finds it well again.
full     A pipeline starts from nothing on a disk that takes no file of more than a few kilobytes.
twice    Two runs start at once.
flips    One random bit of a file is another one: in tables, shards, clips, records, reports, paid
         answers, people's votes, a student.

Each part but the last has `runs` and how many of them ended with the same bytes. `films_lost`
counts films that lost clips, `files_left` half-written files. For flips there are `flips`, how many
were noticed, how many changed nothing that is read (such as a capital letter in an escape of JSON),
and how many gave other content without a word. The JSON file also has the sums of all parts
(`total`), and the seconds of each part with those of the CPU, all its processes included (`times`).
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF
from typing import Any

from faults_bits import KINDS, flip_bits
from faults_trials import be_away, fill_disk, kill_runs, kill_stages, run_twice
from faults_world import World

from libra_emo.common.files import write_json

PARTS = ("kills", "outages", "full", "twice", "flips")
KILLS, OUTAGES, FLIPS, QUICK = 30, 10, 200, 10
SUMS = ("runs", "runs_same_bytes", "films_lost", "files_left", "flips", "flips_noticed")


def measure(part: str, world: World, quick: bool) -> dict[str, Any]:
    """Return the figures of one part."""
    share = QUICK if quick else 1
    if part == "kills":
        return kill_stages(world) if quick else kill_runs(world, KILLS)
    if part == "outages":
        return be_away(world, OUTAGES // share)
    if part == "full":
        return fill_disk(world, 1 if quick else None)
    if part == "twice":
        return run_twice(world)
    return {kind: flip_bits(world, kind, FLIPS // share) for kind in KINDS}


def is_as_promised(figures: dict[str, Any]) -> bool:
    """Return whether nothing was lost, left behind, or taken without a word."""
    if "flips_noticed" in figures:
        return figures["flips_other_content"] == 0
    if "runs" in figures:
        lost = figures["films_lost"] or figures["files_left"]
        return figures["runs_same_bytes"] == figures["runs"] and not lost
    return all(is_as_promised(part) for part in figures.values())


def add_up(figures: dict[str, Any]) -> dict[str, int]:
    """Return the sums of all parts, by name."""
    sums = dict.fromkeys(SUMS, 0)
    for name, found in figures.items():
        own = add_up(found) if isinstance(found, dict) else {name: found}
        for each in SUMS:
            sums[each] += own.get(each, 0)
    return sums


def read_clocks() -> tuple[float, float]:
    """Return the seconds that have passed, and those of the CPU, ended processes included."""
    own, ended = (resource.getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    return time.monotonic(), cpu


def main() -> int:
    """Run the parts that were asked for, and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="about a tenth of every part")
    parser.add_argument("--work", type=Path, help="folder that is kept, with the whole run")
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    seconds: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        world = World(asked.work or Path(folder))
        for part in asked.part:
            before = read_clocks()
            figures[part] = measure(part, world, asked.quick)
            took = [round(now - then, 1) for now, then in zip(read_clocks(), before, strict=True)]
            seconds[part] = dict(zip(("seconds", "cpu_seconds"), took, strict=True))
            print(part, figures[part], seconds[part], flush=True)
            if asked.json:
                write_json(asked.json, {**figures, "total": add_up(figures), "times": seconds})
    kept = is_as_promised(figures)
    print("all as promised" if kept else "NOT as promised")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
