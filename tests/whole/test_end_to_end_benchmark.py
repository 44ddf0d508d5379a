"""The command that simulates a large dataset ends with a release that has no fault."""

import importlib
import json
import sys
from pathlib import Path

import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
pytestmark = pytest.mark.slow
CLIPS = 480  # three films, one of them on the bench


@pytest.fixture(scope="module")
def end_to_end():
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module("end_to_end")
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def run(end_to_end, tmp_path_factory):
    out = tmp_path_factory.mktemp("simulated")
    folder = out / f"clips_{CLIPS}"
    folder.mkdir()
    found = {}
    for step in end_to_end.STEPS:  # in this process: starting nine of them takes half a minute
        found[step] = end_to_end.measure(step, CLIPS, folder)
        (folder / f"{step}.json").write_text(
            json.dumps({"step": step, "seconds": 1.0} | found[step])
        )
    return out, found


def test_clips_votes_and_labels_balance(run):
    found = run[1]
    assert found["fabricate"]["pool"] + found["fabricate"]["bench"] == CLIPS
    assert found["record"]["answers"] == found["vote"]["votes"] == 3 * CLIPS
    assert found["vote"]["labelled"] + found["vote"]["undecided"] == found["fabricate"]["pool"]
    assert found["round_1"]["asked"] > 0 and found["round_1"]["audited"] > 0


def test_rounds_make_labels_better(run):
    found = run[1]
    assert found["round_2"]["right"] > found["round_0"]["right"] > 0.7


def test_release_has_the_labels_of_the_rounds_and_no_fault(run):
    out, found = run
    folder = out / f"clips_{CLIPS}"
    contents = json.loads((folder / "release" / "release" / "release.json").read_text())
    labels = pd.read_parquet(folder / "round_2" / "labels.parquet")
    released = len(labels) + found["fabricate"]["bench"]
    assert contents["tables"]["clips"] == found["release"]["released"] == released
    assert found["check_release"]["faults"] == 0


def test_ended_steps_are_not_done_again(run, end_to_end, monkeypatch):
    out, found = run
    figures = out / "figures.json"
    arguments = ["--clips", str(CLIPS), "--out", str(out), "--json", str(figures)]
    monkeypatch.setattr(sys, "argv", ["end_to_end.py", *arguments])
    monkeypatch.setattr(end_to_end.subprocess, "run", None)  # a step that starts would fail
    end_to_end.main()
    written = json.loads(figures.read_text())
    assert [step["step"] for step in written["steps"]] == list(found)
    assert written["peak_mb_max"] == max(step["peak_mb"] for step in found.values())
