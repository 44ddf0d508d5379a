"""The packaged project and its DAG make the same tables as `kedro run` in a checkout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.deployed_project import SMALLEST, build, install, run_module
from support.whole_project import copy_project, digests, kedro

# the program of an Airflow that is installed in an environment of its own
AIRFLOW = os.environ.get("LIBRA_EMO_TEST_AIRFLOW") or shutil.which("airflow")
UNPACKED = "configurations/"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout in which `kedro run` has made everything."""
    project = copy_project(tmp_path_factory.mktemp("checkout"), SMALLEST)
    status, output = kedro(project, "run")
    assert status == 0, output
    return project


def test_the_packaged_project_makes_the_same_tables(checkout, tmp_path):
    wheel, archive = build(tmp_path)
    packages, here = install(wheel, tmp_path / "packages"), tmp_path / "here"
    here.mkdir()
    done = run_module(packages, here, "--conf-source", str(archive), "--env", "deployed")
    assert done.returncode == 0, done.stdout + done.stderr
    made = {name: each for name, each in digests(here).items() if not name.startswith(UNPACKED)}
    assert made == digests(checkout)
    assert sorted(path.name for path in here.iterdir()) == ["data"]


@pytest.mark.skipif(AIRFLOW is None, reason="Airflow is not installed")
def test_the_dag_makes_the_same_tables(checkout, tmp_path):
    project = copy_project(tmp_path / "project", SMALLEST)
    dags = tmp_path / "airflow/dags"
    settings = project / "conf/local/airflow.yml"
    settings.write_text(f"default:\n  python: {sys.executable}\n  project: {project}\n")
    template = str(project / "conf/base/airflow/dag.py.j2")
    created = kedro(
        project,
        *("airflow", "create", "--group-by", "namespace"),
        *("--jinja-file", template, "--target-dir", str(dags)),
    )
    assert created[0] == 0, created[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        "AIRFLOW_HOME": str(dags.parent),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    for command in (["db", "migrate"], ["dags", "test", "libra-emo"]):
        done = subprocess.run(
            [str(AIRFLOW), *command],
            cwd=Path(tmp_path),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert digests(project) == digests(checkout)
