"""A copy of this project in a folder of its own, with a sample small enough for a test."""

import os
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEDRO = str(Path(sys.executable).parent / "kedro")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
SMALL = """\
max_rounds: 2
sample:
  films: 6
  clips: 78
  min_clips_per_label: 4
  too_long_share: 0.02
bench:
  sample_clips: 24
  validation: { film_fraction: 0.5, sample_clips: 12 } # two films of the four beside the bench's
"""
PROMISED = ("*.parquet", "*.tar", "*.jsonl", "*.csv", "*.json")


def copy_project(folder: Path, parameters: str = SMALL) -> Path:
    """Copy the code and the configuration, and write conf/local."""
    for name in ("src", "conf/base", "conf/paper", "conf/tiny"):
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "conf/logging.yml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "conf/local").mkdir()
    (folder / "conf/local/parameters.yml").write_text(parameters, encoding="utf-8")
    (folder / "data/01_raw").mkdir(parents=True)
    return folder


def start(project: Path, *arguments: str) -> subprocess.Popen:
    """Start `kedro` with arguments in a project, as the leader of a group of processes."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("KEDRO_", "DVC_"))}
    environment["PYTHONPATH"] = str(project / "src")
    return subprocess.Popen(
        [KEDRO, *arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kedro(project: Path, *arguments: str) -> tuple[int, str]:
    """Return the status and the output of `kedro` with arguments."""
    process = start(project, *arguments)
    output, _ = process.communicate(timeout=900)
    return process.returncode, output


def kill_after(project: Path, seconds: float, *arguments: str) -> bool:
    """Start `kedro`, kill it and its children, and tell whether it was still running."""
    process = start(project, *arguments)
    try:
        process.communicate(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True


def digests(project: Path) -> dict[str, str]:
    """Return file → digest of every table, shard and report that a run has made.

    Students are left out: the bytes of a pickled one may differ from process to process. What they
    predict lies in the tables. So are the records of finished films, which hold the sizes of clip
    files: x264 does not write the same bytes each time.
    """
    data = project / "data"
    found = {path for pattern in PROMISED for path in data.rglob(pattern)}
    return {
        path.relative_to(data).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(found)
        if not {"mlflow", "06_models", "finished"} & set(path.parts)
        and not path.name.startswith(".")
    }
