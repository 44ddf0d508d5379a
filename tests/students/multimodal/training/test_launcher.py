"""Starting the program: one process and two, a crash, two that want the same folder."""

import json
import shutil

import numpy as np
import pytest
import torch
from support.tiny_training import LABELS, draw_shards, options, save_checkpoint, write_rows

from libra_emo.common.code_digests import find_reach, source_tree
from libra_emo.common.files import read_lines
from libra_emo.students.multimodal.inference.model import load_model, score_rows
from libra_emo.students.multimodal.training import runs
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.commands import PROGRAM
from libra_emo.students.multimodal.training.launcher import TrainingFailed
from libra_emo.students.multimodal.training.occupancy import TrainingBusy
from libra_emo.students.multimodal.training.runs import forget_finished, train_once


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=18)


def train(clips, work, rows=None, held_out=(), **given):
    reader, labels = clips
    rows = rows or write_rows(labels)
    known = [row["messages"][1]["content"].split("\n")[0] for row in rows]
    given = options(**given)
    return train_once(rows, known, list(held_out), LABELS, reader.folder, given, 7, work, "tiny")


def weights(trained):
    from safetensors.torch import load_file

    return load_file(next(trained.weights.glob("*.safetensors")))


def test_the_code_of_the_program_counts_as_reached_by_what_starts_it():
    start = ("libra_emo.students.multimodal.training.launcher", "run_program")
    reached = find_reach(source_tree(["libra_emo"]), [start]).names
    package = PROGRAM.rpartition(".")[0]
    assert {f"{package}.{name}" for name in ("main", "fine_tuner", "losses")} <= set(reached)


@pytest.mark.slow
def test_a_training_is_measured_line_by_line_and_not_repeated(clips, tmp_path):
    _, labels = clips
    rows = write_rows(labels)
    first = train(clips, tmp_path, rows[:12], rows[12:], keep="best", validation_fraction=0.3)
    assert first.result["steps"] == 3 and first.weights.name in ("last", "best")
    lines = read_lines(first.folder / files.MEASUREMENTS)
    learnt = [line for line in lines if line["kind"] == "training"]
    scored = [line for line in lines if line["kind"] == "validation"]
    assert [line["step"] for line in learnt] == [1, 2, 3]
    assert [line["step"] for line in scored] == [2, 3]  # every second update, and the last
    assert scored[0]["clips"] == 6
    assert {"accuracy", "macro_f1", "loss", "recall/sad", "f1/happy"} <= set(scored[0])
    assert all(0 <= line["data_wait_share"] <= 1 for line in learnt)
    assert learnt[1]["clips_per_second"] > 0 and learnt[1]["tokens_per_clip"] > 100
    assert learnt[1]["learning_rate"] > learnt[2]["learning_rate"] > 0
    assert not list(first.folder.glob("checkpoint-*"))
    log = (first.folder / files.LOG).stat().st_size
    second = train(clips, tmp_path, rows[:12], rows[12:], keep="best", validation_fraction=0.3)
    assert second == first and (first.folder / files.LOG).stat().st_size == log
    forget_finished(tmp_path, [])
    assert not first.folder.exists()


@pytest.mark.slow
def test_a_crash_is_reported_with_its_cause(clips, tmp_path):
    rows = write_rows(clips[1])
    rows[3]["clip_id"] = "film9-000"
    with pytest.raises(TrainingFailed, match="clip film9-000: no shard in") as caught:
        train(clips, tmp_path, rows)
    assert "\n" not in str(caught.value)  # an error that can be mended is one line
    folder = next(tmp_path.iterdir())
    damaged = json.loads((folder / files.SPECIFICATION).read_text())
    assert damaged["labels"]  # what was asked for stays there to look at


@pytest.mark.slow
def test_a_bug_in_the_program_shows_its_traceback(clips, tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("OMP_NUM_THREADS", "none at all")
    monkeypatch.setenv("PYTHONHASHSEED", "not a number")  # no Python starts with that
    with pytest.raises(TrainingFailed, match="ended with status 1") as caught:
        train(clips, tmp_path, launcher={"kind": "none"})
    assert "PYTHONHASHSEED" in str(caught.value) and "program.log" in str(caught.value)


def test_a_second_training_in_one_folder_is_refused_and_writes_nothing(
    clips, tmp_path, monkeypatch
):
    """The first one goes on with its own examples; the second had nothing to do with them."""
    met = []

    def run_program(run, *_):  # in the middle of the first one
        before = {path: path.read_bytes() for path in run.glob("*.json*")}
        with pytest.raises(TrainingBusy, match="another process trains here"):
            train(clips, tmp_path)
        met.append(before == {path: path.read_bytes() for path in run.glob("*.json*")})
        return {"weights": "last"}

    monkeypatch.setattr(runs, "run_program", run_program)
    train(clips, tmp_path)
    assert met == [True]


@pytest.fixture(scope="module")
def alone(clips, tmp_path_factory):
    """A checkpoint, and what one process makes of it; the last batch is not full."""
    folder = tmp_path_factory.mktemp("alone")
    checkpoint, rows = save_checkpoint(folder / "checkpoint"), write_rows(clips[1])
    return checkpoint, train(clips, folder / "work", rows[:14], rows[14:], checkpoint=checkpoint)


@pytest.mark.slow
@pytest.mark.parametrize(
    "launcher",
    [
        {"kind": "deepspeed", "processes": 2, "zero_stage": 2},
        {"kind": "deepspeed", "processes": 2, "zero_stage": 3},
        {"kind": "torchrun", "processes": 2},
    ],
    ids=["zero2", "zero3", "ddp"],
)
def test_two_processes_learn_what_one_does(clips, alone, tmp_path, launcher):
    (checkpoint, first), rows = alone, write_rows(clips[1])
    both = train(clips, tmp_path, rows[:14], rows[14:], launcher=launcher, checkpoint=checkpoint)
    assert both.result["processes"] == 2 and first.result["processes"] == 1
    one, two = weights(first), weights(both)
    assert one.keys() == two.keys()
    assert max(float(value.abs().max()) for name, value in one.items() if "lora_B" in name) > 1e-3
    for name, value in one.items():
        torch.testing.assert_close(two[name].float(), value, rtol=1e-3, atol=2e-5)
    for ours, theirs in zip(read(first), read(both), strict=True):
        assert ours["kind"] == theirs["kind"]
        assert theirs["loss"] == pytest.approx(ours["loss"], rel=1e-4)
        assert theirs.get("accuracy") == ours.get("accuracy")


def read(trained):
    return read_lines(trained.folder / files.MEASUREMENTS)


@pytest.mark.slow
def test_all_weights_learnt_are_a_checkpoint_that_loads_alone(clips, tmp_path):
    _, labels = clips
    checkpoint = save_checkpoint(tmp_path / "checkpoint")
    full = {"rank": 0, "alpha": 8, "dropout": 0.0}
    rows = write_rows(labels)[:4]
    trained = train(clips, tmp_path / "work", rows, checkpoint=checkpoint, lora=full, epochs=3)
    before = load_model(options(checkpoint=checkpoint)).model.state_dict()
    shutil.rmtree(checkpoint)
    alone = tmp_path / "elsewhere"
    shutil.copytree(trained.weights, alone)
    loaded = load_model(options(checkpoint=checkpoint), alone)
    after = loaded.model.state_dict()
    moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert moved and not any("vision_tower" in name for name in moved)
    assert any("language_model.layers.1" in name for name in moved)
    asked = options(checkpoint=str(alone))
    found = score_rows(loaded, rows, clips[0], asked, LABELS)
    again = score_rows(load_model(asked), rows, clips[0], asked, LABELS)
    assert np.array_equal(found, again)
