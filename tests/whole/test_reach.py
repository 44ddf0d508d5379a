"""The code that a stage is said to reach, against what really runs while its nodes run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from support.whole_project import SMALL, copy_project

from libra_emo.configuration.registry import whole_pipeline
from libra_emo.configuration.stages import reach_of

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).parents[2]
PROGRAM = PROJECT / "tests/support/traced_run.py"


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """Return stage → what ran, of a run of a small sample."""
    folder = tmp_path_factory.mktemp("traced")
    project = copy_project(folder / "project", SMALL.replace("max_rounds: 2", "max_rounds: 1"))
    place = folder / "trace.json"
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(place)],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(place.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reaches(traced):
    bootstrap_project(PROJECT)
    catalog = KedroSession.create(PROJECT).load_context().catalog
    whole = whole_pipeline()
    return {stage: reach_of(whole.only_nodes_with_tags(stage).nodes, catalog) for stage in traced}


def test_every_stage_ran(traced):
    expected = {"preprocessing", "bench", "voting", "judge_voters", "active_learning"}
    expected |= {"select_round_1", "explanation", "training", "evaluation"}
    expected |= {f"{kind}_round_{k}" for kind in ("ask", "label", "train") for k in (0, 1)}
    assert set(traced) == expected


def test_every_function_that_ran_is_reached(traced, reaches):
    missed = {
        f"{stage}: {module}.{name}"
        for stage, ran in traced.items()
        for module, name in ran["functions"]
        if name not in reaches[stage].names.get(module, ())
    }
    assert not missed, sorted(missed)


def test_every_module_that_was_imported_on_the_way_is_known(traced, reaches):
    missed = {
        f"{stage}: {module}"
        for stage, ran in traced.items()
        for module in ran["modules"]
        if module not in reaches[stage].loaded
    }
    assert not missed, sorted(missed)


def test_every_data_file_that_was_read_is_reached(traced, reaches):
    missed = {
        f"{stage}: {file}"
        for stage, ran in traced.items()
        for file in ran["files"]
        if file not in reaches[stage].digests
    }
    assert not missed, sorted(missed)
