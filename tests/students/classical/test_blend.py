import warnings

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from support.student_clips import MEASURED, make_clips

from libra_emo.students.classical.blend import Blend
from libra_emo.students.options import ClassicalOptions
from libra_emo.taxonomy import read_taxonomy

LABELS = read_taxonomy().labels


def learn(features, labels, columns=MEASURED, with_subtitle=True, **options):
    blend = Blend(
        columns, with_subtitle, ClassicalOptions(**{"forest_trees": 20, **options}), seed=1
    )
    return blend.fit(features, labels["label"].tolist()).probabilities(features, LABELS)


def test_the_parts_are_pooled_by_a_weighted_geometric_mean():
    features, labels = make_clips()
    off = {"forest_weight": 0, "discriminant_weight": 0, "words_weight": 0}
    alone = [learn(features, labels, **{**off, part: 1.0}) for part in off]
    pooled = learn(features, labels, forest_weight=2, discriminant_weight=1, words_weight=0.5)
    expected = (np.array(alone) ** (np.array([2, 1, 0.5]) / 3.5)[:, None, None]).prod(axis=0)
    assert pooled == pytest.approx(expected / expected.sum(axis=1, keepdims=True), abs=1e-6)


def test_the_discriminant_is_scikit_learns_on_standardised_columns():
    features, labels = make_clips()
    found = learn(features, labels, forest_weight=0, discriminant_weight=1, words_weight=0)
    measured = features[MEASURED].to_numpy()
    measured = (measured - measured.mean(axis=0)) / measured.std(axis=0)
    peer = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    shares = peer.fit(measured, labels["label"]).predict_proba(measured)
    shares = np.maximum(shares, 1e-3)
    places = [LABELS.index(label) for label in peer.classes_]
    assert found[:, places] == pytest.approx(shares / shares.sum(axis=1, keepdims=True), abs=1e-6)


def test_a_rare_label_weighs_as_much_in_the_trees_as_a_frequent_one():
    """Two labels that the one column barely tells apart, nine to one: both are answered."""
    features, labels = make_clips(kinds=("sad", "angry"), films=10, clips=20, spread=3.0)
    rare = (labels["label"] == "angry") & (np.arange(len(labels)) % 18 > 1)
    features, labels = features[~rare], labels[~rare]
    found = learn(features, labels, ["face_mouth"], False, min_leaf_clips=30)
    assert 0.3 < found[:, LABELS.index("angry")].mean() < 0.7
    assert (labels["label"] == "angry").mean() < 0.15


@pytest.mark.parametrize("weights", [{}, {"words_weight": 0.0}])
def test_words_alone_are_predicted_by_words_whatever_their_weight(weights):
    features, labels = make_clips()
    found = learn(features, labels, [], **weights)
    right = [LABELS.index(label) for label in labels["label"]]
    assert (found.argmax(axis=1) == right).all()


def test_fewer_clips_than_a_covariance_takes_are_predicted_by_the_other_parts():
    features, labels = make_clips(films=1, clips=3)
    found = learn(features, labels)
    assert found.sum(axis=1) == pytest.approx(1)


def test_a_label_of_one_clip_is_learnt_without_a_warning():
    features, labels = make_clips()
    labels.loc[0, "label"] = "fearful"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = learn(features, labels)
    assert found[:, LABELS.index("fearful")].max() > 0


def test_some_part_must_count():
    with pytest.raises(ValueError, match="one of the weights"):
        ClassicalOptions(forest_weight=0, discriminant_weight=0, words_weight=0)
