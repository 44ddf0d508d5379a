"""Everything on a small sample: what is made, what it rests on, and what a kill leaves."""

import numpy as np
import pandas as pd
import pytest
from support.whole_project import copy_project, digests, kedro, kill_after

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = copy_project(tmp_path_factory.mktemp("whole") / "project")
    status, output = kedro(project, "run")
    assert status == 0, output
    return project


def read(project, place):
    return pd.read_parquet(project / "data" / place)


def test_every_clip_is_accounted_for(project):
    ledger = read(project, "02_intermediate/clip_ledger.parquet")
    candidates = read(project, "03_primary/candidates.parquet")
    kept = ledger[ledger["outcome"] == "kept"]
    assert sorted(kept["clip_id"]) == sorted(candidates["clip_id"])
    parts = [
        read(project, f"03_primary/{name}.parquet")
        for name in ("bench_sample", "pool", "withheld", "validation_sample")
    ]
    assert all(map(len, parts))
    assert sorted(pd.concat(parts)["clip_id"]) == sorted(candidates["clip_id"])
    pool = set(parts[1]["clip_id"])
    for number in range(3):
        labels = read(project, f"05_model_input/labels/round_{number}.parquet")
        dropped = read(project, f"04_feature/dropped/round_{number}.parquet")
        assert pool == set(labels["clip_id"]) | set(dropped["clip_id"])
        assert not set(labels["clip_id"]) & set(dropped["clip_id"])
        pool = set(labels["clip_id"])
    held_out = pd.concat([parts[0], *parts[2:]])
    assert not set(held_out["source_id"]) & set(parts[1]["source_id"])


def test_reports_name_simulated_annotators(project):
    assert "simulated" in (project / "data/08_reporting/results.html").read_text(encoding="utf-8")
    labels = read(project, "05_model_input/labels/final.parquet")
    assert set(labels["origin"]) <= {"machine", "simulated"}


def test_only_the_annotators_read_the_truth(project, tmp_path):
    seen = ["04_feature/features.parquet", "04_feature/machine_votes.parquet"]
    seen.append("07_model_output/round_1_predictions.parquet")
    answers = "04_feature/human_votes/bench.parquet"
    before = digests(project)
    place = project / "data/01_raw/sample_truth.parquet"
    original = place.read_bytes()
    truth = pd.read_parquet(place)
    truth["label"] = np.random.default_rng(1).permutation(truth["label"])
    truth.to_parquet(place)
    nodes = ",".join(
        (
            "preprocessing.measure_features",
            "voting.cast_machine_votes",
            "round_1.predict_clips",
            "bench.collect_bench_votes",
        )
    )
    try:
        status, output = kedro(project, "run", "--nodes", nodes)
        assert status == 0, output
        after = digests(project)
        assert [after[name] for name in seen] == [before[name] for name in seen]
        assert after[answers] != before[answers]  # else the shuffling did nothing
    finally:
        place.write_bytes(original)
        kedro(project, "run", "--nodes", "bench.collect_bench_votes")


def test_killed_and_run_again_ends_in_the_same_bytes(project, tmp_path):
    other = copy_project(tmp_path / "project")
    killed = [kill_after(other, seconds, "run") for seconds in (12.0, 25.0, 40.0)]
    assert killed[0], "the first kill came too late to disturb anything"
    status, output = kedro(other, "run")
    assert status == 0, output
    expected = digests(project)
    found = digests(other)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []
