import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from support.student_clips import MEASURED, make_clips

from libra_emo.students.classical.discriminant import Discriminant
from libra_emo.students.options import ClassicalOptions


def fit(features, labels):
    return Discriminant.fit(features, labels["label"].tolist(), MEASURED, ClassicalOptions(), 1)


@pytest.mark.parametrize("kinds", [("sad", "angry"), ("sad", "angry", "happy", "fearful")])
def test_it_answers_what_scikit_learn_answers(kinds):
    features, labels = make_clips(kinds=kinds, spread=2.0)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    peer = make_pipeline(StandardScaler(), model)
    peer.fit(features[MEASURED].to_numpy(), labels["label"])
    part = fit(features, labels)
    assert part.labels == len(kinds)
    expected = peer.predict_proba(features[MEASURED].to_numpy())
    assert np.abs(part.probabilities(features) - expected).max() < 1e-14


def test_arrays_of_another_size_are_refused():
    arrays = fit(*make_clips()).arrays
    for name in ("mean", "weights"):
        with pytest.raises(ValueError, match=f"{name} has the shape"):
            Discriminant({**arrays, name: arrays[name][..., :-1]}, MEASURED, ClassicalOptions())
