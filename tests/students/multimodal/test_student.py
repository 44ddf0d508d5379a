"""The multimodal student as the pipelines use it: fit, predict, save, load."""

import json

import numpy as np
import pandas as pd
import pytest
from lessons import KINDS, QUICK, WORDS, draw_shards, write_rows

from libra_emo.schemas import Features, Predictions, RoundLabels, check
from libra_emo.students import (
    DryRun,
    StudentError,
    TrainingOptions,
    build_student,
    load_student,
)
from libra_emo.students.multimodal.holding_out import hold_out_films
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


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
    told = features[["clip_id"]].assign(
        label=[labels[clip_id] for clip_id in ids],
        origin=["machine", "simulated"] * 8,
        support=2,
        votes=3,
        round=0,
    )
    return reader, check(features, Features), check(told, RoundLabels)


def test_a_dry_run_tells_and_trains_nothing(clips, tmp_path):
    reader, features, labels = clips
    dry = training().model_copy(update={"dry_run": True})
    student = build_student("multimodal", TAXONOMY, dry, tmp_path)
    with pytest.raises(DryRun, match="16 to learn"):
        student.fit(features, labels, 7, "VT", clips=reader)
    assert not list(tmp_path.iterdir())


def test_an_untrained_student_says_so(clips):
    student = build_student("multimodal", TAXONOMY, training())
    with pytest.raises(StudentError, match="not trained yet"):
        student.predict(clips[1], clips=clips[0])


@pytest.mark.slow
def test_sixteen_clips_are_learnt_and_then_all_answered_rightly(clips, tmp_path, monkeypatch):
    reader, features, labels = clips
    options = training(epochs=60, batch_clips=8, micro_batch_clips=8)
    student = build_student("multimodal", TAXONOMY, options, tmp_path / "work")
    student.fit(features, labels, 7, "VAT", clips=reader)
    assert student.modalities == "VT"  # it is deaf
    found = check(student.predict(features, clips=reader), Predictions)
    assert found["predicted"].tolist() == labels["label"].tolist()
    assert found.filter(regex="^p_").sum(axis=1).round(6).eq(1).all()
    seen = student.predict(features, clips=reader, modalities="V")
    assert seen["predicted"].isin(KINDS).all()
    with pytest.raises(StudentError, match="learnt from VT alone"):
        student.predict(features, clips=reader, modalities="A")
    with pytest.raises(StudentError, match="cross_fitting_folds"):
        student.predict(features, cross_fitted=True, clips=reader)

    student.save(tmp_path / "model")
    monkeypatch.chdir(tmp_path)  # where there is no conf: it keeps the prompt that it learnt with
    again = load_student(tmp_path / "model")
    assert again.predict(features, clips=reader).equals(found)
    card = json.loads((tmp_path / "model/student.json").read_text())
    assert card["kind"] == "multimodal" and card["explained"] is False
    assert len({card[f"{name}_sha256"] for name in ("prompt", "frames", "examples")}) == 3
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
def test_folds_judge_clips_that_they_did_not_learn(clips, tmp_path):
    reader, features, labels = clips
    options = training(cross_fitting_folds=2, batch_clips=8, micro_batch_clips=8, epochs=6)
    student = build_student("multimodal", TAXONOMY, options, tmp_path / "work")
    rows = [row for row in write_rows(dict(labels[["clip_id", "label"]].to_numpy()))]
    student.fit(features, labels, 7, "VT", clips=reader, conversations=rows)
    assert student.explained and student.cross_fits
    plain = student.predict(features, clips=reader)
    crossed = student.predict(features, cross_fitted=True, clips=reader)
    assert not np.allclose(plain["confidence"], crossed["confidence"])
    assert student.calibration.clips == 8 and student.calibration.films == 4
    student.save(tmp_path / "model")
    again = load_student(tmp_path / "model")
    assert again.predict(features, cross_fitted=True, clips=reader).equals(crossed)


def test_films_are_held_out_whole_and_one_stays_to_learn_from():
    films = pd.Series(["a"] * 10 + ["b"] * 5 + ["c"] * 3 + ["d"] * 2)
    for seed in range(20):
        held = hold_out_films(films, 0.3, 100, seed)
        assert 0 < films.isin(held).sum() <= 6
        assert hold_out_films(films, 1.0, 100, seed) < set(films)
    assert hold_out_films(films, 0.05, 100, 1) == set()
    assert films.isin(hold_out_films(films, 0.9, 4, 1)).sum() <= 4
