import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier
from support.student_clips import MEASURED, make_clips

from libra_emo.students.classical.forest import Forest
from libra_emo.students.options import ClassicalOptions


def fit(features, labels, **options):
    options = ClassicalOptions(**{"forest_trees": 20, **options})
    return Forest.fit(features, labels["label"].tolist(), MEASURED, options, seed=3)


@pytest.mark.parametrize("kinds", [("sad", "angry"), ("sad", "angry", "happy", "fearful")])
def test_it_answers_to_the_last_bit_what_scikit_learn_answers(kinds):
    features, labels = make_clips(kinds=kinds, spread=2.0)
    peer = ExtraTreesClassifier(
        20, min_samples_leaf=3, class_weight="balanced", random_state=3, n_jobs=1
    ).fit(features[MEASURED].to_numpy(), labels["label"])
    fresh, _ = make_clips(kinds=kinds, spread=2.0, seed=9)
    found = fit(features, labels).probabilities(fresh)
    assert (found == peer.predict_proba(fresh[MEASURED].to_numpy())).all()


def test_a_gap_is_filled_with_the_median_of_training():
    features, labels = make_clips()
    forest = fit(features, labels)
    gap = features.assign(voice_pitch=np.nan)
    median = features.assign(voice_pitch=features["voice_pitch"].median())
    assert (forest.probabilities(gap) == forest.probabilities(median)).all()


def test_a_tree_of_one_leaf_gives_everybody_its_shares():
    features, labels = make_clips(films=1, clips=4)
    found = fit(features, labels, min_leaf_clips=50).probabilities(features)
    assert np.unique(found, axis=0).shape[0] == 1


@pytest.mark.parametrize(
    ("name", "place", "value", "message"),
    [
        ("left", 0, 0, "leads nowhere"),  # would go round for ever
        ("right", 0, 10**6, "leads nowhere"),
        ("feature", 0, 99, "leads nowhere"),
        ("right", -1, 10**6, "leads nowhere"),  # the last node is a leaf
        ("roots", 0, -5, "no root"),
    ],
)
def test_trees_that_lead_nowhere_are_refused(name, place, value, message):
    features, labels = make_clips()
    arrays = {key: values.copy() for key, values in fit(features, labels).arrays.items()}
    arrays[name][place] = value
    with pytest.raises(ValueError, match=message):
        Forest(arrays, MEASURED, ClassicalOptions())


def test_arrays_of_another_size_are_refused():
    features, labels = make_clips()
    arrays = fit(features, labels).arrays
    with pytest.raises(ValueError, match="threshold has the shape"):
        Forest({**arrays, "threshold": arrays["threshold"][:-1]}, MEASURED, ClassicalOptions())
    with pytest.raises(ValueError, match="medians has the shape"):
        Forest(arrays, MEASURED[:-1], ClassicalOptions())
    with pytest.raises(ValueError, match="consists of the arrays medians, roots"):
        Forest({"medians": arrays["medians"]}, MEASURED, ClassicalOptions())
