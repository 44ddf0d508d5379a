import json
import time

import numpy as np
import pandas as pd
import pytest
from support.student_clips import make_clips

from libra_emo.schemas import Predictions, check
from libra_emo.students import ClassicalOptions, ClassicalStudent, load_student
from libra_emo.students.calibration import calibrate, log_scores_of
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
QUICK = ClassicalOptions(folds=3, forest_trees=10)


def accuracy(predictions, labels):
    both = predictions.merge(labels, on="clip_id")
    return (both["predicted"] == both["label"]).mean()


def test_learns_what_is_there():
    features, labels = make_clips(spread=0.4)
    fresh, truth = make_clips(spread=0.4, seed=1)
    fresh = fresh.assign(source_id="new", clip_id="new-" + fresh["clip_id"])
    truth = truth.assign(clip_id="new-" + truth["clip_id"])
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, seed=1)
    assert accuracy(student.predict(fresh), truth) > 0.9


def test_predictions_meet_their_contract():
    features, labels = make_clips()
    found = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, seed=1).predict(features)
    check(found, Predictions)
    shares = found[[f"p_{label}" for label in TAXONOMY.labels]]
    assert np.allclose(shares.sum(axis=1), 1)
    assert np.allclose(found["confidence"], shares.max(axis=1))
    assert (found["predicted"] == shares.idxmax(axis=1).str.removeprefix("p_")).all()
    assert (found[["p_fearful", "p_neutral"]] == 0).all().all()
    assert found["clip_id"].is_monotonic_increasing


def test_row_order_changes_nothing():
    features, labels = make_clips()
    one = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, seed=1)
    other = ClassicalStudent(TAXONOMY, QUICK).fit(
        features.sample(frac=1, random_state=3), labels.sample(frac=1, random_state=4), seed=1
    )
    shuffled = features.sample(frac=1, random_state=5)
    for cross_fitted in (False, True):
        pd.testing.assert_frame_equal(
            one.predict(features, cross_fitted), other.predict(shuffled, cross_fitted)
        )


def test_a_clips_prediction_rests_on_no_other_clip():
    features, labels = make_clips()
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, seed=1)
    whole = student.predict(features)
    alone = student.predict(features.iloc[[7]])
    pd.testing.assert_frame_equal(
        whole[whole["clip_id"].isin(alone["clip_id"])].reset_index(drop=True), alone
    )


def test_cross_fitting_hides_the_clips_own_film():
    """Labels that are noise are learnt by heart in-sample, and unknown across films."""
    features, labels = make_clips(films=8)
    noise = np.random.default_rng(2).permutation(labels["label"].to_numpy())
    labels = labels.assign(label=noise)
    student = ClassicalStudent(TAXONOMY, ClassicalOptions(folds=4, min_leaf_clips=1)).fit(
        features, labels, seed=1
    )
    assert accuracy(student.predict(features), labels) > 0.9
    assert accuracy(student.predict(features, cross_fitted=True), labels) < 0.6


def test_cross_fitted_prediction_equals_a_student_without_that_film():
    features, labels = make_clips(films=3)
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, seed=1)
    mine = features["source_id"].eq("film1")
    others = labels[labels["clip_id"].isin(features.loc[~mine, "clip_id"])]
    without = ClassicalStudent(TAXONOMY, QUICK).fit(features, others, seed=1)
    pd.testing.assert_frame_equal(
        student.predict(features[mine], cross_fitted=True), without.predict(features[mine])
    )


def test_unlabelled_clips_of_a_training_film_are_cross_fitted_too():
    features, labels = make_clips(films=3)
    left_out = labels["clip_id"].iloc[0]
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels.iloc[1:], seed=1)
    row = features[features["clip_id"] == left_out]
    assert not student.predict(row, cross_fitted=True).equals(student.predict(row))


def test_a_modality_left_out_is_not_read():
    features, labels = make_clips()
    other = features.assign(face_mouth=9.0, subtitle="else", text_marks=-5.0)
    for modalities, same in (("A", True), ("VA", False), ("T", False), ("AT", False)):
        student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1, modalities)
        assert student.predict(features).equals(student.predict(other)) is same, modalities


def test_saved_and_loaded_it_answers_the_same(tmp_path):
    features, labels = make_clips()
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1, "VT")
    student.save(tmp_path / "model")
    student.save(tmp_path / "model")
    again = load_student(tmp_path / "model")
    for cross_fitted in (False, True):
        pd.testing.assert_frame_equal(
            student.predict(features, cross_fitted), again.predict(features, cross_fitted)
        )
    card = json.loads((tmp_path / "model/student.json").read_text())
    assert card["modalities"] == "VT"
    assert card["training_clips"] == len(features)
    assert card["labels_seen"] == ["happy", "angry", "sad"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_two_trainings_write_the_same_files(tmp_path):
    features, labels = make_clips()
    for name in ("one", "two"):
        ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1).save(tmp_path / name)
    for file in ("model.npz", "student.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_three_hundred_clips_of_thirteen_labels_take_seconds():
    features, labels = make_clips(kinds=TAXONOMY.labels, films=20, clips=15)
    start = time.perf_counter()
    ClassicalStudent(TAXONOMY).fit(features, labels, 1)
    assert time.perf_counter() - start < 30


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_alone_are_enough_in_both_languages(language):
    words = {
        "en": {"sad": "I lost her for ever", "happy": "what a lovely morning"},
        "zh": {"sad": "我再也见不到她了", "happy": "今天真开心啊"},
    }[language]
    rows = [
        {
            "clip_id": f"{kind}{number}",
            "source_id": f"film{number % 4}",
            "language": language,
            "subtitle": text + " 。!?"[number % 4],
        }
        for kind, text in words.items()
        for number in range(8)
    ]
    features = pd.DataFrame(rows)
    labels = pd.DataFrame(
        {
            "clip_id": features["clip_id"],
            "label": features["clip_id"].str.rstrip("0123456789"),
            "origin": "people",
            "support": 3,
            "votes": 4,
            "round": 0,
        }
    )
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1, "T")
    assert accuracy(student.predict(features, cross_fitted=True), labels) == 1


def test_probabilities_are_calibrated_on_clips_of_people_by_models_that_did_not_see_their_film():
    features, labels = make_clips(films=8, clips=12, spread=1.5)
    uncalibrated = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1)
    assert "0 clips with a person's label" in uncalibrated.calibration.reason
    mine = labels["clip_id"].str.slice(4, 5).astype(int) < 6
    labels = labels.assign(origin=np.where(mine, "people", "machine"))
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1)
    plain = uncalibrated.predict(features, cross_fitted=True)
    shares = plain[[f"p_{label}" for label in TAXONOMY.labels]].to_numpy()[mine]
    truth = [TAXONOMY.labels.index(label) for label in labels["label"][mine]]
    peer = calibrate(log_scores_of(shares), truth, features["source_id"][mine].tolist())
    assert student.calibration.clips == mine.sum() == 72
    assert student.calibration.films == 6
    assert student.calibration.temperature == pytest.approx(peer.temperature, rel=1e-3)
    assert abs(student.calibration.temperature - 1) > 0.05
    for cross_fitted in (False, True):
        before = uncalibrated.predict(features, cross_fitted)
        after = student.predict(features, cross_fitted)
        assert (before["predicted"] == after["predicted"]).all()
        inverse = 1 / student.calibration.temperature
        powers = before.filter(regex="^p_").to_numpy() ** inverse
        expected = powers / powers.sum(axis=1, keepdims=True)
        assert after.filter(regex="^p_").to_numpy() == pytest.approx(expected, abs=1e-6)


def test_the_card_has_the_calibration(tmp_path):
    features, labels = make_clips(films=8, clips=12)
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels.assign(origin="simulated"), 1)
    student.save(tmp_path / "model")
    described = json.loads((tmp_path / "model/student.json").read_text())["calibration"]
    assert described["clips"] == 96 and described["reason"] is None
    assert described["temperature"] == student.calibration.temperature
    assert load_student(tmp_path / "model").calibration == student.calibration
