"""The multimodal student as the pipelines use it: fit, predict, save, load."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from support.tiny_training import KINDS, QUICK, WORDS, draw_shards

from libra_emo.explanations.clips import clips_to_explain
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.llm.request.prompts import read_prompt
from libra_emo.pipelines.evaluation.generated import predict_by_generation
from libra_emo.pipelines.explanation.by_student import explain_by_student
from libra_emo.schemas import Features, Predictions, RoundLabels, check
from libra_emo.students import (
    DryRun,
    StudentError,
    TrainingOptions,
    build_student,
    load_student,
)
from libra_emo.students.conversations import write_request_rows
from libra_emo.students.multimodal import student as student_module
from libra_emo.students.multimodal.training_data import hold_out_films
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


REASONS = {
    "sad": "The blue of the picture is deep, and the words miss somebody who is gone.",
    "angry": "The red of the picture glows, and the words throw somebody out of the door.",
    "happy": "The yellow of the picture is warm, and the words praise how lovely it all is.",
}


def training(**changed):
    tuning = {**QUICK, "launcher": {"kind": "none"}, "checkpoint_every_steps": 1000, **changed}
    multimodal = {
        "checkpoint": "tiny:internvl",
        "device": "cpu",
        "frames": 4,
        "frame_pixels": 28,
        "training": tuning,
    }
    return TrainingOptions(modalities="VAT", multimodal=multimodal, calibration={"min_clips": 4})


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Shards, features and labels of 16 clips of four films; people labelled every other one."""
    reader, labels = draw_shards(tmp_path_factory.mktemp("clips") / "shards", clips=16, films=4)
    ids = sorted(labels)
    features = pd.DataFrame(
        {
            "clip_id": ids,
            "source_id": [clip_id.split("-")[0] for clip_id in ids],
            "language": "en",
            "subtitle": [WORDS[labels[clip_id]] for clip_id in ids],
        }
    )
    table = features[["clip_id"]].assign(
        label=[labels[clip_id] for clip_id in ids],
        origin=["machine", "simulated"] * 8,
        support=2,
        votes=3,
        round=0,
    )
    return reader, check(features, Features), check(table, RoundLabels)


def test_a_dry_run_describes_the_training_and_trains_nothing(clips, tmp_path):
    reader, features, labels = clips
    dry = training().model_copy(update={"dry_run": True})
    student = build_student("multimodal", TAXONOMY, dry, tmp_path)
    with pytest.raises(DryRun, match="16 to learn"):
        student.fit(features, labels, 7, "VT", clips=reader)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize(
    ("processes", "wanted"), [(0, "there is no GPU here, so one is assumed"), (2, "2 processes x")]
)
def test_a_dry_run_for_gpus_needs_none(clips, tmp_path, processes, wanted):
    reader, features, labels = clips
    launcher = {"kind": "deepspeed", "processes": processes}
    dry = training(launcher=launcher, precision="bf16").model_copy(update={"dry_run": True})
    dry = dry.model_copy(
        update={"multimodal": dry.multimodal.model_copy(update={"device": "cuda"})}
    )
    with pytest.raises(DryRun, match=wanted) as caught:
        build_student("multimodal", TAXONOMY, dry, tmp_path).fit(
            features, labels, 7, "VT", clips=reader
        )
    assert "tensors counted" in str(caught.value) and "/dev/shm" in str(caught.value)


def test_an_untrained_student_says_so(clips):
    student = build_student("multimodal", TAXONOMY, training())
    with pytest.raises(StudentError, match="not trained yet"):
        student.predict(clips[1], clips=clips[0])


@pytest.mark.slow
def test_it_asks_about_the_person_meant_in_training_and_ever_after(clips, tmp_path, monkeypatch):
    learnt_from = []
    gather = student_module.gather_training_data
    monkeypatch.setattr(
        student_module,
        "gather_training_data",
        lambda rows, *others: learnt_from.extend(rows) or gather(rows, *others),
    )
    reader, features, labels = clips
    student = build_student("multimodal", TAXONOMY, training(), tmp_path / "work", "speaker")
    student.fit(features, labels, 7, "VT", clips=reader)
    asked = {row["messages"][0]["content"].split("?")[0].splitlines()[-1] for row in learnt_from}
    assert asked == {"Which emotion does the person who speaks in the clip show"}
    student.save(tmp_path / "saved")
    loaded = load_student(tmp_path / "saved")
    assert loaded.person_meant == "speaker"
    assert loaded.request() == student.request()
    assert asked.pop() in loaded.request()


def write_examples(features, labels):
    """Return conversations with explanations, in the student's own words."""
    prompt = read_prompt(TrainingOptions().prompt_file, "training.prompt_file")
    rows = write_request_rows(features, TAXONOMY, prompt, True, "VT")
    for row, label in zip(rows, labels["label"], strict=True):
        row["messages"].append({"role": "assistant", "content": f"{label}\n{REASONS[label]}"})
    return rows


@pytest.fixture(scope="module")
def learnt(clips, tmp_path_factory):
    """A student that learnt sixteen clips by heart, with their explanations."""
    reader, features, labels = clips
    options = training(epochs=60, batch_clips=8, micro_batch_clips=8)
    work = tmp_path_factory.mktemp("work")
    student = build_student("multimodal", TAXONOMY, options, work)
    examples = write_examples(features, labels)
    return student.fit(features, labels, 7, "VAT", clips=reader, conversations=examples)


@pytest.mark.slow
def test_sixteen_clips_are_learnt_and_then_all_answered_rightly(clips, learnt):
    reader, features, labels = clips
    assert learnt.modalities == "VT" and learnt.explained  # its model takes no sound
    found = check(learnt.predict(features, clips=reader), Predictions)
    assert found["predicted"].tolist() == labels["label"].tolist()
    assert found.filter(regex="^p_").sum(axis=1).round(6).eq(1).all()
    seen = learnt.predict(features, clips=reader, modalities="V")
    assert seen["predicted"].isin(KINDS).all()
    with pytest.raises(StudentError, match="learnt from VT alone"):
        learnt.predict(features, clips=reader, modalities="A")
    with pytest.raises(StudentError, match="cross_fitting_folds"):
        learnt.predict(features, cross_fitted=True, clips=reader)


@pytest.mark.slow
def test_it_generates_labels_and_explanations_and_explains_a_given_label(clips, learnt):
    reader, features, labels = clips
    wanted = [f"{label}\n{REASONS[label]}" for label in labels["label"]]
    assert [answer.text for answer in learnt.generate_answers(features, reader)] == wanted
    backwards = features.iloc[::-1].reset_index(drop=True)
    label_of = dict.fromkeys(features["clip_id"], "angry")
    explained = learnt.generate_answers(backwards, reader, label_of=label_of)
    assert all(answer.text.startswith("angry\n") for answer in explained)
    right = dict(labels[["clip_id", "label"]].to_numpy())
    answers = learnt.generate_answers(backwards, reader, label_of=right)
    assert [answer.text for answer in answers] == wanted[::-1]
    assert {answer.finish for answer in answers} == {"stop"}
    with pytest.raises(StudentError, match="does not know the label 'melancholic'"):
        learnt.generate_answers(features, reader, label_of={"film0-000": "melancholic"})


@pytest.mark.slow
def test_several_processes_predict_what_one_predicts(clips, learnt, tmp_path):
    reader, features, _ = clips
    learnt.save(tmp_path / "model")
    again = load_student(tmp_path / "model")
    two = again.training.multimodal.model_copy(update={"predict_processes": 2})
    again.training = again.training.model_copy(update={"multimodal": two})
    alone = learnt.predict(features, clips=reader)
    pd.testing.assert_frame_equal(again.predict(features, clips=reader), alone, rtol=1e-5)


@pytest.mark.slow
def test_it_is_saved_with_what_it_learnt_from_and_damage_is_seen(
    clips, learnt, tmp_path, monkeypatch
):
    reader, features, _ = clips
    learnt.save(tmp_path / "model")
    monkeypatch.chdir(tmp_path)  # where there is no conf: it keeps the prompt that it learnt with
    again = load_student(tmp_path / "model")
    assert again.predict(features, clips=reader).equals(learnt.predict(features, clips=reader))
    card = json.loads((tmp_path / "model/student.json").read_text())
    assert card["kind"] == "multimodal" and card["explained"] is True
    assert len({card[f"{name}_sha256"] for name in ("prompt", "frames", "examples")}) == 3
    del card["format"]  # as a student was saved before there were formats
    (tmp_path / "model/student.json").write_text(json.dumps(card))
    assert load_student(tmp_path / "model").labels == again.labels
    lines = (tmp_path / "model/measurements.jsonl").read_text().splitlines()
    losses = [json.loads(line)["loss"] for line in lines]
    assert losses[-1] < losses[0] / 5

    weights = tmp_path / "model/last/adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.unlink()  # it may be linked to the training's own
    weights.write_bytes(bytes(content))
    with pytest.raises(StudentError, match="not those that"):
        load_student(tmp_path / "model")


@pytest.mark.slow
def test_its_texts_are_judged_and_its_answers_to_the_bench_are_read(clips, learnt, tmp_path):
    reader, features, labels = clips
    learnt.save(tmp_path / "model")
    writer = {"name": "mine", "kind": "student", "path": str(tmp_path / "model")}
    options = ExplanationOptions.model_validate({"writer": writer, "max_identical": 6})
    result = explain_by_student(
        clips_to_explain(labels, features, TAXONOMY), features, reader, TAXONOMY, options
    )
    assert result.explanations["explanation"].tolist() == [REASONS[x] for x in labels["label"]]
    assert set(result.explanations["status"]) == {"ok"}
    assert set(result.explanations["writer"]) == {"mine"}
    assert (
        result.attempts["reply"].str.startswith("sad\n").sum() == (labels["label"] == "sad").sum()
    )
    few = options.model_copy(update={"max_identical": 1})
    again = explain_by_student(
        clips_to_explain(labels, features, TAXONOMY), features, reader, TAXONOMY, few
    )
    assert set(again.explanations["status"]) == {"repeated"}

    bench = predict_by_generation("student", learnt, features, reader)
    assert bench["predicted"].tolist() == labels["label"].tolist()
    assert bench["reply"].str.contains("\n").all()


@pytest.mark.slow
def test_folds_judge_clips_that_they_did_not_learn(clips, tmp_path):
    reader, features, labels = clips
    options = training(cross_fitting_folds=2, batch_clips=8, micro_batch_clips=8, epochs=6)
    student = build_student("multimodal", TAXONOMY, options, tmp_path / "work")
    student.fit(features, labels, 7, "VT", clips=reader)
    assert student.cross_fits and not student.explained
    with pytest.raises(StudentError, match="learnt labels alone"):
        student.generate_answers(features, reader, label_of={})
    plain = student.predict(features, clips=reader)
    cross_fitted = student.predict(features, cross_fitted=True, clips=reader)
    assert not np.allclose(plain["confidence"], cross_fitted["confidence"])
    assert student.calibration.clips == 8 and student.calibration.films == 4
    student.save(tmp_path / "model")
    again = load_student(tmp_path / "model")
    assert again.predict(features, cross_fitted=True, clips=reader).equals(cross_fitted)


def test_films_are_held_out_whole_and_one_stays_to_learn_from():
    films = pd.Series(["a"] * 10 + ["b"] * 5 + ["c"] * 3 + ["d"] * 2)
    for seed in range(20):
        held = hold_out_films(films, 0.3, 100, seed)
        assert 0 < films.isin(held).sum() <= 6
        assert hold_out_films(films, 1.0, 100, seed) < set(films)
    assert hold_out_films(films, 0.05, 100, 1) == set()
    assert films.isin(hold_out_films(films, 0.9, 4, 1)).sum() <= 4
