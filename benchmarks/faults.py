"""Counts what faults cost: kills, outages, full disks, two runs at once, flipped bits.

    python benchmarks/faults.py [--json FILE]              every part in full (hours)
    python benchmarks/faults.py --quick [--json FILE]      a tenth of it
    python benchmarks/faults.py --part flips twice         only these parts
    python benchmarks/faults.py --work FOLDER              keeps the whole run, and uses it again

A copy of the project makes a whole run on a small sample. Then, on copies of it:

kills    A run from nothing is killed by SIGKILL, each time at another moment, and started again.
outages  Films come from a server on this machine, which answers with an error, breaks off or hangs
         when a second run asks for them anew. A third run finds it well again.
full     A pipeline starts from nothing on a disk that takes no file of more than a few kilobytes.
twice    Two runs start at once.
flips    One random bit of a file is another one: in tables, shards, clips, records, paid answers,
         people's votes, a student.

Each part but the last has `runs` and how many of them ended with the same bytes. `films_lost`
counts films that lost clips, `files_left` half-written files. For flips there are `flips`, how many
were noticed, how many changed nothing that is read (such as a capital letter in an escape of JSON),
and how many gave other content without a word.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from faults_bits import KINDS, flip_bits
from faults_trials import be_away, fill_disk, kill_runs, run_twice
from faults_world import World

from libra_emo.common.files import write_json

PARTS = ("kills", "outages", "full", "twice", "flips")
KILLS, OUTAGES, FLIPS, QUICK = 30, 10, 200, 10


def measure(part: str, world: World, quick: bool) -> dict[str, Any]:
    """Return the figures of one part."""
    share = QUICK if quick else 1
    if part == "kills":
        return kill_runs(world, KILLS // share)
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


def main() -> int:
    """Run the parts that were asked for, and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="a tenth of every part")
    parser.add_argument("--work", type=Path, help="folder that is kept, with the whole run")
    parser.add_argument("--json", type=Path, help="file for the figures")
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        world = World(asked.work or Path(folder))
        for part in asked.part:
            figures[part] = measure(part, world, asked.quick)
            print(part, figures[part], flush=True)
            if asked.json:
                write_json(asked.json, figures)
    kept = is_as_promised(figures)
    print("all as promised" if kept else "NOT as promised")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
