"""Simulates a large dataset end to end, and prints what each step costs.

    .venv/bin/python benchmarks/end_to_end.py --clips 1000000 --out FOLDER --json FILE [--anew]

The functions of the pipelines' nodes do the vote, round 0, two rounds with the default query
strategy, audits and certificates, the scores on a bench, a release and its check. Their tables are
written and read as Parquet files between the steps. What is simplified:

- Candidates are made up, 160 a film, each a scene of its own. There is no preprocessing. Labels
  have the shares of the paper's training set.
- Nobody asks a model: the replies of three voters are recorded in a ledger, and read from it.
- No student is trained: predictions are drawn around the truth, independent of each other.
- Annotators are the simulated ones of the default run. Nobody labels the bench: its labels are the
  truth. The models that are scored are drawn, too.
- Explanations are one sentence, and the files of a clip are about 100 bytes, so that the release
  has the rows of a real one and not its media.

Each step runs in a process of its own and leaves its tables in FOLDER. A step that has ended is not
done again. The JSON names `clips`, `peak_mb_max` and `steps`, a list with step, seconds, cpu_s,
peak_mb and disk_mb; seconds and CPU count the start of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from end_to_end_steps import STEPS

from libra_emo.common.files import write_json


def main() -> None:
    """Run the steps that have not ended, print, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--anew", action="store_true", help="do all steps again")
    parser.add_argument("--one", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.out / f"clips_{options.clips}"
    if options.one:
        print(json.dumps(measure(options.one, options.clips, folder)))
        return
    if options.anew and folder.is_dir():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    steps = [run_apart(name, options.clips, options.out, folder) for name in STEPS]
    found = {"clips": options.clips, "peak_mb_max": max(step["peak_mb"] for step in steps)}
    if options.json:
        write_json(options.json, {**found, "steps": steps})


def run_apart(name: str, clips: int, out: Path, folder: Path) -> dict[str, Any]:
    """Return the figures of a step; it runs in a process of its own unless it has ended."""
    record = folder / f"{name}.json"
    if not record.exists():
        shutil.rmtree(folder / name, ignore_errors=True)
        command = [sys.executable, __file__, "--one", name, "--clips", str(clips), "--out", out]
        start = time.monotonic()
        result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        seconds = round(time.monotonic() - start, 2)
        if result.returncode:
            raise SystemExit(f"step {name} at {clips} clips failed; run the command again")
        found = json.loads(result.stdout.splitlines()[-1])
        write_json(record, {"step": name, "seconds": seconds, **found})
    figures: dict[str, Any] = json.loads(record.read_text())
    print(json.dumps(figures), flush=True)
    return figures


def measure(name: str, clips: int, folder: Path) -> dict[str, Any]:
    """Return the figures of a step, which runs in this process."""
    (folder / name).mkdir()
    found = STEPS[name](clips, folder, folder / name)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    written = sum(path.stat().st_size for path in (folder / name).rglob("*") if path.is_file())
    return {
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
        "disk_mb": round(written / 1e6, 2),
        **found,
    }


if __name__ == "__main__":
    main()
