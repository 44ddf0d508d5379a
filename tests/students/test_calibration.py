import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from libra_emo.students.calibration import (
    Calibration,
    calibrate,
    fit_temperature,
    log_scores_of,
    temper,
)
from libra_emo.students.calibration_metrics import measure_reliability
from libra_emo.students.options import CalibrationOptions


class Told(ClassifierMixin, BaseEstimator):
    """A classifier whose scores are its input, for scikit-learn's calibration."""

    def fit(self, scores, truth):
        self.classes_ = np.unique(truth)
        return self

    def decision_function(self, scores):
        return scores

    def predict(self, scores):
        return scores.argmax(axis=1)


def draw(clips=400, labels=5, sureness=1.0, seed=0):
    """Scores that are too sure by a factor, and labels drawn from the honest ones."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(0, 1.5, (clips, labels))
    chances = temper(honest, 1.0)
    truth = np.array([rng.choice(labels, p=row) for row in chances])
    return honest * sureness, truth, [f"film{number % 8}" for number in range(clips)]


@pytest.mark.parametrize("sureness", [0.4, 1.0, 3.0])
def test_temperature_is_that_of_scikit_learn(sureness):
    scores, truth, _ = draw(sureness=sureness)
    peer = CalibratedClassifierCV(FrozenEstimator(Told().fit(scores, truth)), method="temperature")
    peer.fit(scores, truth)
    temperature = fit_temperature(scores, truth)
    assert temperature == pytest.approx(
        1 / peer.calibrated_classifiers_[0].calibrators[0].beta_, rel=1e-4
    )
    assert temper(scores, temperature) == pytest.approx(peer.predict_proba(scores), abs=1e-5)


def test_temperature_undoes_what_was_too_sure():
    scores, truth, _ = draw(clips=4000, sureness=3.0)
    assert fit_temperature(scores, truth) == pytest.approx(3.0, rel=0.07)


def test_calibrating_helps_a_student_that_is_too_sure():
    scores, truth, films = draw(sureness=4.0)
    found = calibrate(scores, truth, films)
    assert found.temperature == fit_temperature(scores, truth)
    assert (found.clips, found.films, found.impossible, found.reason) == (400, 8, 0, None)
    assert found.after.nll < found.before.nll
    assert found.after.brier < found.before.brier
    assert found.after.ece < found.before.ece / 3
    assert found.before == measure_reliability(temper(scores, 1), truth, 15)


def test_a_films_figures_do_not_rest_on_its_own_labels():
    """One film is labelled at random, which would raise a temperature fitted on it."""
    scores, truth, _ = draw(clips=200, sureness=1.0)
    films = ["strange"] * 100 + ["plain"] * 100
    truth = truth.copy()
    truth[:100] = np.random.default_rng(3).integers(0, 5, 100)
    found = calibrate(scores, truth, films)
    shares = np.vstack(
        [
            temper(scores[:100], fit_temperature(scores[100:], truth[100:])),
            temper(scores[100:], fit_temperature(scores[:100], truth[:100])),
        ]
    )
    assert found.after == measure_reliability(shares, truth, 15)


def test_a_calibration_survives_being_written():
    found = calibrate(*draw(sureness=2.0))
    assert Calibration.model_validate_json(found.model_dump_json()) == found


@given(st.floats(0.2, 4), st.integers(0, 100))
def test_temperature_follows_the_scale_and_no_shift(scale, seed):
    scores, truth, _ = draw(clips=120, labels=3, seed=seed)
    shifts = np.random.default_rng(seed).normal(0, 50, (len(scores), 1))
    plain = fit_temperature(scores, truth)
    if plain < 3:  # well inside the bounds
        found = fit_temperature(scores * scale + shifts, truth)
        assert found == pytest.approx(plain * scale, rel=1e-3)


@given(st.floats(0.05, 20))
def test_no_temperature_changes_the_order_of_labels(temperature):
    scores, _, _ = draw(clips=20)
    shares = temper(scores, temperature)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (shares.argmax(axis=1) == scores.argmax(axis=1)).all()


def test_order_of_clips_decides_nothing():
    scores, truth, films = draw(sureness=2.0)
    order = np.random.default_rng(1).permutation(len(films))
    again = calibrate(scores[order], truth[order], [films[row] for row in order])
    assert again == calibrate(scores, truth, films)


def test_probabilities_and_their_logarithms_are_one():
    shares = np.array([[0.0, 0.25, 0.75]])
    assert temper(log_scores_of(shares), 1.0) == pytest.approx(shares)


def test_few_clips_are_enough_when_asked():
    scores, truth, films = draw(clips=10)
    assert calibrate(scores, truth, films).reason
    assert calibrate(scores, truth, films, CalibrationOptions(min_clips=10)).reason is None
