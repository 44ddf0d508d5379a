"""Sweeps of the classical student on a small world."""

import pandas as pd
import pytest
from support.small_world import make_world

from libra_emo.evaluation.sweeps.options import SweepOptions
from libra_emo.leakage.gate import LeakError
from libra_emo.leakage.search import COLUMNS
from libra_emo.pipelines.sweep import nodes, training
from libra_emo.pipelines.sweep.pipeline import create_pipeline
from libra_emo.students import ClassicalOptions, TrainingOptions
from libra_emo.taxonomy import read_taxonomy

OPTIONS = SweepOptions(shares=(0.5, 1.0), modalities=("T", "VAT"))
QUICK = TrainingOptions(classical=ClassicalOptions(folds=0, forest_trees=5))


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    """Run a sweep; `trained` keeps the names of the settings that were trained."""
    world = make_world()
    trained = []

    def train_and_answer(setting, *rest):
        trained.append(setting.name)
        return training.train_and_answer(setting, *rest)

    monkeypatch.setattr(nodes, "train_and_answer", train_and_answer)

    def run(name, **changed):
        inputs = {
            "features": world.features,
            "labels": world.rounds[1],
            "rounds": world.rounds,
            "bench_labels": world.bench_labels,
            "pool": world.pool,
            "explanations": pd.DataFrame({"clip_id": [], "explanation": []}),
            "leaks": pd.DataFrame(columns=list(COLUMNS), dtype="str"),
            "clip_shards": None,
            "training_folder": tmp_path,
            "taxonomy": read_taxonomy(),
            "student": "classical",
            "training": QUICK,
            "seed": 7,
            "sweep": OPTIONS,
            "sweeps_folder": tmp_path / "sweeps",
        }
        return nodes.run_sweep(name, **inputs | changed)

    run.trained, run.world = trained, world
    return run


def test_shares_rounds_and_modalities_are_what_is_learnt(sweep):
    shares = sweep("data_share")
    assert shares["setting"].tolist() == ["50 %", "100 %"]
    assert shares["clips"].tolist() == [19, 36]
    assert (shares["n"] == 18).all() and (shares["films"] == 2).all()
    assert sweep("label_rounds")["setting"].tolist() == ["round 0", "round 1"]
    modalities = sweep("modalities").set_index("setting")
    whole = shares.set_index("setting").loc["100 %", "accuracy"]
    assert modalities.loc["VAT", "accuracy"] == whole


def test_coarse_scores_take_the_parents_of_fine_answers(sweep):
    scores = sweep("classes").set_index("setting")
    assert scores.loc["fine, scored as coarse", "accuracy"] >= scores.loc["fine", "accuracy"]
    assert scores["clips"].tolist() == [36, 36, 36]


def test_a_sweep_goes_on_where_it_ended_and_takes_nothing_stale(sweep, tmp_path):
    first = sweep("data_share")
    assert sweep.trained == ["50 %", "100 %"]
    pd.testing.assert_frame_equal(sweep("data_share"), first)
    assert len(sweep.trained) == 2
    kept = sorted((tmp_path / "sweeps").glob("*.json"))
    kept[0].unlink()
    kept[1].write_text("{")
    pd.testing.assert_frame_equal(sweep("data_share"), first)
    assert len(sweep.trained) == 4
    sweep("data_share", seed=8)
    sweep("data_share", labels=sweep.world.rounds[0])
    assert len(sweep.trained) == 8


def test_no_student_is_trained_twice_whatever_the_sweep(sweep):
    for name in ("data_share", "modalities", "label_rounds", "classes"):
        sweep(name)
    # the whole set is also VAT, round 1 and the fine classes; coarse scores need its answers alone
    assert sweep.trained == ["50 %", "100 %", "T", "round 0", "coarse"]


def test_scores_do_not_depend_on_which_sweep_trained_the_student(sweep):
    alone = sweep("classes")
    for name in ("data_share", "modalities"):
        sweep(name)
    pd.testing.assert_frame_equal(sweep("classes"), alone)


def test_a_leak_stops_a_sweep(sweep):
    clip = sweep.world.rounds[1].iloc[0]["clip_id"]
    leaks = pd.DataFrame([(clip, "film0", "film4-000", "film4", "film")], columns=list(COLUMNS))
    with pytest.raises(LeakError, match=clip):
        sweep("data_share", leaks=leaks)


def test_each_sweep_has_its_tag():
    nodes_of = create_pipeline(max_rounds=1).only_nodes_with_tags("data_share").nodes
    assert [each.short_name for each in nodes_of] == ["sweep_data_share", "draw_sweep_data_share"]
