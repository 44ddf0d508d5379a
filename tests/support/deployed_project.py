"""A project as it is deployed: a wheel, and an archive of its configuration."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from support.whole_project import copy_project

SMALLEST = """\
max_rounds: 1
sample:
  films: 3
  clips: 39
  min_clips_per_label: 3
  too_long_share: 0.02
bench:
  sample_clips: 10
"""
# the commands of `kedro package`, but with the build's tools that are installed
COMMANDS = (
    [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"],
    ["tar", "--exclude=local/*.yml", "-czf", "dist/conf-libra_emo.tar.gz", "conf"],
)


def build(folder: Path) -> tuple[Path, Path]:
    """Return the wheel and the archive that `kedro package` makes of this project, offline."""
    project = copy_project(folder / "built", SMALLEST)
    for name in ("README.md", "LICENSE"):
        (project / name).write_bytes((Path(__file__).parents[2] / name).read_bytes())
    # what is in conf/local stays at home
    (project / "conf/deployed").mkdir()
    (project / "conf/deployed/parameters.yml").write_text(SMALLEST, encoding="utf-8")
    for command in COMMANDS:
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    return wheel, project / "dist/conf-libra_emo.tar.gz"


def install(wheel: Path, folder: Path) -> Path:
    """Return the folder with the wheel's content: what an installer makes of a pure wheel."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_module(packages: Path, here: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run `python -m libra_emo` of the unpacked wheel in a folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEDRO_", "DVC_"))}
    return subprocess.run(
        [sys.executable, "-m", "libra_emo", *arguments],
        cwd=here,
        env={**kept, "PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
