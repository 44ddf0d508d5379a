"""What the start of a run costs when all films are done and nothing has changed.

The films are fabricated: each is a copy of one short film with bytes of its own in a `free` box at
its end, with a subtitle, a clip, a shard and records, all written by the project's own functions;
only the decoding is left out. All films lie in one folder. Then the steps of the preprocessing run
three times: with nothing remembered, to fill the memories, and with all of it remembered. The last
one counts, and its tables must be those of the first.

    .venv/bin/python benchmarks/start.py --json FILE [--films 10000] [--whole]

The JSON names `films`, `checked_s` and `checked_cpu_s` (all steps, with the digest of the films for
DVC), `steps` with the seconds of each, and `first_s` (with nothing remembered). With `--whole` it
also has `kedro_s` and `kedro_cpu_s`: `kedro run --pipeline preprocessing` in a project of its own,
with the interpreter, Kedro and the plots, and without DVC.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from faults_world import copy_project, start
from start_films import fabricate, write_films

from libra_emo.common.files import write_json
from libra_emo.common.integrity.stamps import SETTLED_NS

FOLDER = "data/01_raw/films"


def main() -> None:
    """Fabricate the films, measure, print, and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--films", type=int, default=10_000)
    options.add_argument("--json", type=Path)
    options.add_argument("--whole", action="store_true")
    chosen = options.parse_args()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        copy_project(Path(folder))
        found = measure(chosen.films)
        if chosen.whole:
            found |= run_kedro(Path(folder))
        os.chdir("/")
    print(found)
    if chosen.json:
        write_json(chosen.json, found)


def measure(number: int) -> dict[str, Any]:
    """Return the figures of the three runs."""
    write_films(Path(FOLDER), number)
    with fabricate():
        first_tables = run_steps({})
    time.sleep(1.5 * SETTLED_NS / 1e9)
    first: dict[str, dict[str, float]] = {}
    last: dict[str, dict[str, float]] = {}
    with fabricate():
        run_steps(first)
    with fabricate(allowed=False):
        tables = run_steps(last)
    if not all(one.equals(other) for one, other in zip(first_tables, tables, strict=True)):
        raise SystemExit("the tables are not those of the first run")
    return {
        "films": number,
        "checked_s": round(sum(step["seconds"] for step in last.values()), 2),
        "checked_cpu_s": round(sum(step["cpu_s"] for step in last.values()), 2),
        "steps": last,
        "first_s": round(sum(step["seconds"] for step in first.values()), 2),
        "first_steps": first,
    }


def run_steps(seconds: dict[str, dict[str, float]]) -> list[pd.DataFrame]:
    """Run the steps of the preprocessing, note what each takes, and return their tables."""
    from libra_emo.configuration.films import digest_films
    from libra_emo.configuration.memory.films import DigestMemory
    from libra_emo.configuration.snapshot import DIGESTS_FILE
    from libra_emo.media.options import PreprocessingOptions
    from libra_emo.media.shards import ShardReader
    from libra_emo.pipelines.preprocessing import nodes
    from libra_emo.sample.options import SampleOptions
    from libra_emo.taxonomy import read_taxonomy

    data = Path("data/03_primary")
    clips, shards, finished = (data / name for name in ("clips", "shards", "finished"))
    options, executor = PreprocessingOptions(), "local:1"
    Path("data/02_intermediate").mkdir(exist_ok=True, parents=True)
    with timed("digest_films", seconds):
        digest_films(FOLDER, Path.cwd(), DigestMemory(Path.cwd() / DIGESTS_FILE))
    with timed("prepare_films", seconds):
        _, films = nodes.prepare_films(
            FOLDER, 1, executor, SampleOptions(), read_taxonomy(), options, finished
        )
    with timed("list_sources", seconds):
        sources = nodes.list_sources(films, options, Path("copies"), finished, executor)
    with timed("cut_scenes", seconds):
        (tables,) = nodes.cut_scenes(sources, options, executor, clips, shards, finished)
    with timed("measure_features", seconds):
        features = nodes.measure_features(
            tables[1], ShardReader(shards), options, executor, finished
        )
    return [sources, *tables, features]


@contextmanager
def timed(name: str, seconds: dict[str, dict[str, float]]) -> Iterator[None]:
    """Note the seconds and the CPU seconds of a step."""
    start_s, cpu_s = time.monotonic(), time.process_time()
    yield
    seconds[name] = {
        "seconds": round(time.monotonic() - start_s, 3),
        "cpu_s": round(time.process_time() - cpu_s, 3),
    }


def run_kedro(project: Path) -> dict[str, float]:
    """Return what a whole `kedro run` takes whose films are all done; the first one is not counted.

    Raises:
        SystemExit: If a run fails.
    """
    parameters = project / "conf/local/parameters.yml"
    parameters.write_text(f"films: {FOLDER}\n", encoding="utf-8")
    figures = []
    for _ in range(2):
        before, started = _children_cpu(), time.monotonic()
        run = start(project, "run", "--pipeline", "preprocessing")
        if run.wait():
            raise SystemExit((project / "log").read_text(encoding="utf-8")[-3000:])
        figures.append((time.monotonic() - started, _children_cpu() - before))
    return {"kedro_s": round(figures[-1][0], 2), "kedro_cpu_s": round(figures[-1][1], 2)}


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
