"""Measures labelling by people: the server under load, kills, imports, consensus, agreement.

Run `.venv/bin/python benchmarks/annotation.py`; `--json FILE` also writes the figures. `--part`
chooses parts, and `--quick` makes all of them small.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotation_consensus import measure_alpha, measure_consensus
from annotation_import import measure_import
from annotation_kills import measure_kills
from annotation_load import describe_machine, measure_load
from annotation_peer import measure_peer

Figures = dict[str, Any]
CLIPS, QUICK_CLIPS = 60_000, 2_000
CONSENSUS_VOTES, QUICK_CONSENSUS_VOTES = 1_000_000, 100_000
KILL_VOTES, QUICK_KILL_VOTES = 10_000, 400
SECONDS, QUICK_SECONDS = 20.0, 4.0
WORKERS = 2


def measure_served(given: argparse.Namespace) -> Figures:
    """Measure the server under load."""
    clips = QUICK_CLIPS if given.quick else CLIPS
    seconds = QUICK_SECONDS if given.quick else SECONDS
    return measure_load(clips, 2 * clips, given.workers, seconds, given.url)


def measure_imported(given: argparse.Namespace) -> Figures:
    """Measure the import of files."""
    with tempfile.TemporaryDirectory() as folder:
        votes = 5_000 if given.quick else given.votes
        return measure_import(votes, given.seed, Path(folder), given.url)


def measure_decided(given: argparse.Namespace) -> Figures:
    """Measure consensus and agreement."""
    count = QUICK_CONSENSUS_VOTES if given.quick else CONSENSUS_VOTES
    return {**measure_consensus(count, given.seed), **measure_alpha()}


def measure_killed(given: argparse.Namespace) -> Figures:
    """Kill server processes while votes come in, with one process and with four."""
    figures: Figures = {}
    votes = QUICK_KILL_VOTES if given.quick else KILL_VOTES
    for workers in (1, 4):
        with tempfile.TemporaryDirectory() as folder:
            found = measure_kills(Path(folder), votes, workers, 2 if given.quick else 12)
        figures |= {f"kills_{workers}_{name}": value for name, value in found.items()}
    return figures


def measure_beside_peer(given: argparse.Namespace) -> Figures:
    """Measure the server and Potato, one after the other, on the same clips."""
    return measure_peer(QUICK_SECONDS if given.quick else SECONDS, given.workers)


PARTS: dict[str, Callable[[argparse.Namespace], Figures]] = {
    "server": measure_served,
    "consensus": measure_decided,
    "import": measure_imported,
    "kills": measure_killed,
    "peer": measure_beside_peer,
}


def main() -> None:
    """Print the figures, and write them to a file if one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part")
    parser.add_argument("--peer", action="store_true", help="Potato, too; it is installed")
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it")
    parser.add_argument("--workers", type=int, default=WORKERS, help="server processes under load")
    parser.add_argument("--votes", type=int, default=100_000, help="votes of the imported file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="SQLAlchemy URL of an empty database; SQLite by default")
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    figures: Figures = describe_machine()
    chosen = given.part or [name for name in PARTS if name != "peer"]
    for name in [*chosen, *(["peer"] if given.peer and "peer" not in chosen else [])]:
        found = PARTS[name](given)
        for key, value in found.items():
            print(f"{key}: {value}", flush=True)
        figures |= found
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
