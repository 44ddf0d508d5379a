"""A whole run on a small sample, in a copy of the project, and copies of it for trials."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
KEDRO = Path(sys.executable).parent / "kedro"
PARAMETERS = """\
max_rounds: 1
sample: {films: 6, clips: 78, min_clips_per_label: 4, too_long_share: 0.02}
bench: {sample_clips: 24}
preprocessing: {fetching: {attempts: 2, first_wait_seconds: 0.2, max_silent_seconds: 5}}
"""
PIPELINES = (
    "preprocessing",
    "bench",
    "voting",
    "active_learning",
    "explanation",
    "training",
    "evaluation",
)
PROMISED = ("*.parquet", "*.tar", "*.jsonl", "*.csv")
LIMIT_SECONDS = 3600


class World:
    """The whole run, made when it is first needed.

    Args:
        folder: Folder for the projects.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._copies = 0

    @property
    def whole(self) -> Path:
        """The project of the whole run."""
        project = self.folder / "whole"
        mark = project / "seconds"
        if not mark.is_file():
            shutil.rmtree(project, ignore_errors=True)
            copy_project(project)
            started = time.monotonic()
            run_to_end(project, "run")
            mark.write_text(str(time.monotonic() - started))
        return project

    @cached_property
    def outputs(self) -> dict[str, list[Path]]:
        """Pipeline → what its nodes write, relative to the project."""
        return find_outputs(self.whole)

    @property
    def seconds(self) -> float:
        """How long the whole run took."""
        return float((self.whole / "seconds").read_text())

    @contextmanager
    def copy(self, *left_out: str) -> Iterator[Path]:
        """Give a copy of the whole run, without some folders of its data."""
        self._copies += 1
        project = self.folder / f"trial-{os.getpid()}-{self._copies}"
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(self.whole, project)
        for name in left_out:
            remove(project / "data" / name)
        try:
            yield project
        finally:
            shutil.rmtree(project, ignore_errors=True)


def copy_project(folder: Path) -> None:
    """Copy the code and the configuration, without data."""
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("src", "conf/base"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("pyproject.toml", "conf/logging.yml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "conf/local").mkdir()
    (folder / "conf/local/parameters.yml").write_text(PARAMETERS, encoding="utf-8")
    (folder / "data/01_raw").mkdir(parents=True)


def find_outputs(project: Path) -> dict[str, list[Path]]:
    """Return pipeline → files and folders that its nodes write, relative to the project."""
    from kedro.framework.project import pipelines
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    from libra_emo.hooks.recording import made_by

    bootstrap_project(project)
    with KedroSession.create(project) as session:
        catalog = session.load_context().catalog
        return {
            name: sorted(
                path.relative_to(project) for path in made_by(pipelines[name].nodes, catalog)
            )
            for name in PIPELINES
        }


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def start(
    project: Path, *arguments: str, log: IO[Any] | None = None, **more: Any
) -> subprocess.Popen[bytes]:
    """Start `kedro` in a project, as the leader of a group of processes."""
    known = ("KEDRO_", "DVC_", "LIBRA_EMO_")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(known)}
    environment["PYTHONPATH"] = str(project / "src")
    output = log or (project / "log").open("wb")
    return subprocess.Popen(
        [str(KEDRO), *arguments],
        cwd=project,
        env=environment,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **more,
    )


def run(project: Path, *arguments: str, **more: Any) -> tuple[int, str]:
    """Return the status and the output of `kedro` in a project."""
    process = start(project, *arguments, **more)
    try:
        process.wait(LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        kill(process)
        raise
    return process.returncode, (project / "log").read_text(encoding="utf-8", errors="replace")


def run_to_end(project: Path, *arguments: str) -> None:
    """Run `kedro`, which has to end well."""
    status, output = run(project, *arguments)
    if status:
        raise SystemExit(f"kedro {' '.join(arguments)} ended with status {status}:\n{output}")


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a run and all its processes by SIGKILL."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def digests(project: Path) -> dict[str, str]:
    """Return file → digest of every table and shard that a run made."""
    data = project / "data"
    return {
        path.relative_to(data).as_posix(): sha256(path.read_bytes()).hexdigest()
        for pattern in PROMISED
        for path in sorted(data.rglob(pattern))
        if not path.name.startswith(".") and "mlflow" not in path.parts
    }


def count_left(project: Path) -> int:
    """Return how many half-written files lie in a project."""
    return sum(1 for _ in (project / "data").rglob(".*.part"))


def count_lost(project: Path, other: Path) -> int:
    """Return how many films of a project's candidates have fewer clips in another project."""
    import pandas as pd

    table = "data/03_primary/candidates.parquet"
    before = pd.read_parquet(project / table)["source_id"].value_counts()
    if not (other / table).is_file():
        return len(before)
    clips = [path.stem for path in (other / "data/03_primary/clips").glob("*/*.mp4")]
    after = pd.read_parquet(other / table)
    there = after[after["clip_id"].isin(clips)]["source_id"].value_counts()
    return int((there.reindex(before.index, fill_value=0) < before).sum())
