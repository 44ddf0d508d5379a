import numpy as np
import pandas as pd
import pytest
from support.student_clips import make_clips

from libra_emo.schemas import TableError
from libra_emo.students import (
    ClassicalOptions,
    ClassicalStudent,
    StudentError,
    build_student,
    load_student,
)
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
QUICK = ClassicalOptions(folds=3, forest_trees=10)


def test_a_missing_measure_costs_nothing_but_itself():
    features, labels = make_clips()
    features.loc[::3, "face_mouth"] = np.nan
    features["voice_pitch"] = np.nan
    found = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1).predict(features)
    assert not found.isna().any().any()


def test_no_subtitle_at_all_still_trains_on_the_rest():
    features, labels = make_clips()
    found = ClassicalStudent(TAXONOMY, QUICK).fit(features.assign(subtitle=" "), labels, 1)
    assert found.predict(features)["predicted"].nunique() == 3


def test_words_only_without_any_word_is_an_error():
    features, labels = make_clips()
    features = features.assign(subtitle=" ").drop(columns="text_marks")
    with pytest.raises(StudentError, match="all subtitles are empty"):
        ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1, "T")


@pytest.mark.parametrize("keep", [0, 1])
def test_one_label_or_none_is_an_error(keep):
    features, labels = make_clips(kinds=("sad",))
    with pytest.raises(StudentError, match="two labels"):
        ClassicalStudent(TAXONOMY, QUICK).fit(features, labels.iloc[: keep * 9], 1)


def test_two_clips_are_enough_to_train():
    features, labels = make_clips(films=2, clips=1)
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1)
    assert len(student.predict(features, cross_fitted=True)) == 2


def test_folds_without_one_of_the_labels_give_it_nothing():
    features, labels = make_clips(kinds=("sad", "angry"), films=4)
    labels["label"] = np.where(labels["clip_id"].str.startswith("film0"), "happy", "sad")
    student = ClassicalStudent(TAXONOMY, ClassicalOptions(folds=4, forest_trees=5))
    found = student.fit(features, labels, 1).predict(features, cross_fitted=True)
    mine = found["clip_id"].str.startswith("film0")
    assert (found.loc[mine, "p_happy"] == 0).all()
    assert (found.loc[mine, "p_sad"] == 1).all()


def test_one_film_is_cross_fitted_by_clips():
    features, labels = make_clips(films=1, clips=30)
    noise = np.random.default_rng(2).permutation(labels["label"].to_numpy())
    labels = labels.assign(label=noise)
    options = ClassicalOptions(folds=5, min_leaf_clips=1)
    student = ClassicalStudent(TAXONOMY, options).fit(features, labels, 1)
    assert (student.predict(features)["predicted"].to_numpy() == noise).mean() > 0.9
    out_of_fold = student.predict(features, cross_fitted=True)["predicted"].to_numpy()
    assert (out_of_fold == noise).mean() < 0.6


def test_without_folds_nothing_can_be_cross_fitted():
    features, labels = make_clips(films=2)
    options = ClassicalOptions(folds=0, forest_trees=5)
    student = ClassicalStudent(TAXONOMY, options).fit(features, labels, 1)
    with pytest.raises(StudentError, match="without folds"):
        student.predict(features, cross_fitted=True)


def test_without_folds_there_is_no_calibration():
    features, labels = make_clips(films=8)
    options = ClassicalOptions(folds=0, forest_trees=5)
    student = ClassicalStudent(TAXONOMY, options).fit(features, labels.assign(origin="people"), 1)
    assert student.calibration.temperature == 1
    assert "without folds" in student.calibration.reason


def test_a_calibrated_student_gives_a_label_that_it_never_saw_nothing():
    features, labels = make_clips(films=8, clips=12)
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels.assign(origin="people"), 1)
    assert student.calibration.reason is None
    assert (student.predict(features)[["p_fearful", "p_neutral"]] == 0).all().all()


def test_trained_again_it_forgets_the_folds_of_before():
    features, labels = make_clips(films=4)
    mine = features["source_id"].isin(["film0", "film1"])
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1)
    few = labels[labels["clip_id"].isin(features.loc[mine, "clip_id"])]
    student.fit(features, few, 1)
    outside = features[~mine]
    pd.testing.assert_frame_equal(
        student.predict(outside, cross_fitted=True), student.predict(outside)
    )


def test_predicting_nothing_gives_an_empty_table():
    features, labels = make_clips(films=2)
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1)
    assert len(student.predict(features.iloc[:0])) == 0


def test_errors_name_what_is_wrong(tmp_path):
    features, labels = make_clips(films=2)
    student = ClassicalStudent(TAXONOMY, QUICK)
    with pytest.raises(StudentError, match="not trained"):
        student.predict(features)
    with pytest.raises(StudentError, match="nothing to save"):
        student.save(tmp_path / "model")
    with pytest.raises(StudentError, match="film0-000 has a label and no features"):
        student.fit(features.iloc[1:], labels, 1)
    with pytest.raises(StudentError, match="modality A"):
        student.fit(features.drop(columns="voice_pitch"), labels, 1, "VA")
    with pytest.raises(StudentError, match="'XV'"):
        student.fit(features, labels, 1, "XV")
    with pytest.raises(TableError, match="'gloomy'"):
        student.fit(features, labels.assign(label="gloomy"), 1)
    student.fit(features, labels, 1)
    with pytest.raises(StudentError, match="voice_pitch"):
        student.predict(features.drop(columns="voice_pitch"))


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("student.json", None, "student.json is missing"),
        ("student.json", b"{", "student.json is missing or torn"),
        ("student.json", b'{"a": 1}', "names no kind"),
        ("student.json", b'{"kind": "multimodal"}', "its weights None are missing"),
        ("model.npz", None, "model.npz is missing"),
        ("model.npz", b"torn", "is not the file"),
    ],
)
def test_a_broken_folder_says_what_is_broken(tmp_path, file, content, said):
    features, labels = make_clips(films=2)
    folder = tmp_path / "model"
    ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1).save(folder)
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(StudentError, match=said):
        load_student(folder)


def test_no_folder_says_so(tmp_path):
    with pytest.raises(StudentError, match="no such folder"):
        load_student(tmp_path / "model")


def test_a_failed_save_leaves_the_older_student(tmp_path, monkeypatch):
    features, labels = make_clips(films=2)
    student = ClassicalStudent(TAXONOMY, QUICK).fit(features, labels, 1)
    student.save(tmp_path / "model")

    def fill_disk(*_):
        raise OSError("no room")

    monkeypatch.setattr("libra_emo.students.classical.student.write_card", fill_disk)
    with pytest.raises(OSError, match="no room"):
        student.save(tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    load_student(tmp_path / "model")


def test_kinds_that_there_are():
    assert build_student("multimodal", TAXONOMY).kind == "multimodal"
    with pytest.raises(StudentError, match="'forest' is not known"):
        build_student("forest", TAXONOMY)
    assert isinstance(build_student("classical", TAXONOMY), ClassicalStudent)


def test_options_that_contradict_each_other():
    with pytest.raises(ValueError, match="folds"):
        ClassicalOptions(folds=1)
    with pytest.raises(ValueError, match="max_ngram_characters"):
        ClassicalOptions(min_ngram_characters=4, max_ngram_characters=2)
