"""`python -m libra_emo` in folders that are no project."""

import tarfile
from pathlib import Path

import pytest
from support.deployed_project import run_module

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src"


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "conf-libra_emo.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(ROOT / "conf/base", "conf/base")
        tar.add(ROOT / "conf/logging.yml", "conf/logging.yml")
    return path


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "there is no configuration in "),
        (
            ["--conf-source", "ARCHIVE", "--env", "papr"],
            "there is no environment 'papr'; conf/ has",
        ),
        (
            ["--conf-source", "ARCHIVE", "--pipeline", "voting"],
            "bench_labels, bench_sample, candidates and 4 more are missing: run `kedro run",
        ),
        (
            ["--conf-source", "ARCHIVE", "--params", "max_rounds=-1"],
            "--params: max_rounds: must be greater than or equal to 1",
        ),
    ],
)
def test_what_the_user_can_mend_is_one_line(tmp_path, archive, options, line):
    here = tmp_path / "empty"
    here.mkdir()
    words = [str(archive) if word == "ARCHIVE" else word for word in options]
    done = run_module(SOURCES, here, *words)
    assert done.returncode == 1, done.stdout + done.stderr
    (written,) = (done.stdout + done.stderr).strip().splitlines()
    assert written.startswith(line)


def test_waiting_for_people_needs_a_checkout(tmp_path, archive):
    done = run_module(SOURCES, tmp_path, "--conf-source", str(archive), "--wait")
    assert done.returncode == 2
    assert "--wait" in done.stderr
