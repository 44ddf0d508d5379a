import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from support.student_clips import make_clips

from libra_emo.students.classical.words import Words
from libra_emo.students.options import ClassicalOptions


def fit(features, labels):
    return Words.fit(features, labels["label"].tolist(), [], ClassicalOptions(), 1)


@pytest.mark.parametrize("kinds", [("sad", "angry"), ("sad", "angry", "happy", "fearful")])
def test_it_answers_to_the_last_bit_what_scikit_learn_answers(kinds):
    features, labels = make_clips(kinds=kinds)
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    peer = make_pipeline(counts, LogisticRegression(C=1.0, max_iter=500))
    peer.fit(features["subtitle"], labels["label"])
    fresh, _ = make_clips(kinds=kinds, seed=4)
    part = fit(features, labels)
    assert part.labels == len(kinds)
    assert (part.probabilities(fresh) == peer.predict_proba(fresh["subtitle"])).all()


def test_terms_of_any_script_survive():
    features, labels = make_clips(kinds=("sad", "happy"))
    strange = ["我再也见不到她了", "nul\0 byte", 'quo"te\\', "\U0001f622 tears"]
    features["subtitle"] = [strange[number % 4] for number in range(len(features))]
    part = fit(features, labels)
    again = Words(part.arrays, [], ClassicalOptions())
    assert (part.probabilities(features) == again.probabilities(features)).all()
    assert np.unique(part.probabilities(features), axis=0).shape[0] == 4


@pytest.mark.parametrize("text", [b"{}", b"[1", b"[]"])
def test_terms_that_are_none_are_refused(text):
    arrays = fit(*make_clips()).arrays
    terms = np.frombuffer(text, dtype=np.uint8)
    with pytest.raises(ValueError):
        Words({**arrays, "terms": terms}, [], ClassicalOptions())
