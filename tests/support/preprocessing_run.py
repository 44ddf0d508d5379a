"""The preprocessing of a folder of films, as a program that tests may kill or starve.

`python preprocessing_run.py <folder> <executor>` works on <folder>/films; it prints `begun` when
the work begins, and writes the tables last.
"""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from support.drawn_films import write_cues, write_film
from support.portrait import draw_face

SIZE = (240, 180)
LOGGING = Path(__file__).parents[2] / "conf/logging.yml"
TABLES = ("sources", "clip_ledger", "candidates", "index", "features")
PROMISED = ("*.parquet", "*.tar")


def make_films(folder, number):
    """Draw some films; each has two scenes to keep and one between them that is too short."""
    face = draw_face(*SIZE, radius=60)
    for place in range(number):
        film = folder / f"films/film {place}.mp4"
        write_film(film, [(3.5, face), 2 + place / 4, (3.5, face)], size=SIZE)
        end = 6 + place / 4
        write_cues(film.with_suffix(".en.srt"), (0.5, 2, f"Hello {place}."), (end, end + 1, "Bye."))


def run_preprocessing(folder, executor):
    """Work on the films with the pipeline's own nodes, and write the tables."""
    from libra_emo.datasets import TableDataset
    from libra_emo.media.films.finding import find_films
    from libra_emo.media.options import PreprocessingOptions
    from libra_emo.media.shards import ShardReader
    from libra_emo.pipelines.preprocessing import nodes

    os.chdir(folder)
    options = PreprocessingOptions()
    clips, shards, finished = (Path(name) for name in ("clips", "shards", "finished"))
    sources = nodes.list_sources(find_films("films"), options, Path("copies"))
    (tables,) = nodes.cut_scenes(sources, options, executor, clips, shards, finished)
    features = nodes.measure_features(tables[1], ShardReader(shards), options, executor, finished)
    for name, table in zip(TABLES, (sources, *tables, features), strict=True):
        TableDataset(filepath=f"tables/{name}.parquet").save(table)


def start(folder, executor, **more):
    """Start the program as the leader of a group of processes; it has begun its work."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(folder), executor],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "KEDRO_LOGGING_CONFIG": str(LOGGING),  # the workers import Kedro's command
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **more,
    )
    assert process.stdout.readline() == "begun\n"
    return process


def run(folder, executor="local:2", **more):
    """Run the program to its end, and return its status and what it wrote."""
    process = start(folder, executor, **more)
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def digests(folder):
    """Return file → digest of all tables and shards, and the names of all clip files."""
    found = {path for pattern in PROMISED for path in folder.rglob(pattern)}
    made = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in found
    }
    return {**made, "clips": sorted(path.name for path in (folder / "clips").glob("*/*"))}


if __name__ == "__main__":
    import logging

    import libra_emo.pipelines.preprocessing.nodes  # noqa: F401
    from libra_emo.errors import LibraEmoError

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    try:
        run_preprocessing(Path(sys.argv[1]), sys.argv[2])
    except LibraEmoError as error:
        sys.exit(f"{type(error).__name__}: {error}")
