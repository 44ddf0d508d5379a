import numpy as np
import pytest
from sklearn.metrics import log_loss

from libra_emo.evaluation.statistics.calibration import (
    calibration_error,
    coverage_curve,
    measure_calibration,
)


def test_the_measures_agree_with_scikit_learn_and_by_hand():
    generator = np.random.default_rng(1)
    probabilities = generator.dirichlet(np.ones(4), size=50)
    truth = generator.integers(4, size=50)
    found = measure_calibration(probabilities, truth)
    assert found.nll == pytest.approx(log_loss(truth, probabilities, labels=range(4)))
    target = np.eye(4)[truth]
    assert found.brier == pytest.approx(((probabilities - target) ** 2).sum(axis=1).mean())


def test_probabilities_that_come_true_are_calibrated():
    generator = np.random.default_rng(2)
    confidence = generator.uniform(0.3, 1, size=20_000)
    right = generator.random(20_000) < confidence
    assert calibration_error(confidence, right) < 0.02
    assert calibration_error(np.ones(4), np.array([True, False, True, False])) == 0.5


def test_the_surest_answers_come_first_and_equal_ones_share_their_mean():
    curve = coverage_curve(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]))
    assert curve.coverage == pytest.approx([1 / 3, 2 / 3, 1])
    assert curve.accuracy == pytest.approx([1, 3 / 4, 2 / 3])


def test_confidences_that_differ_by_rounding_are_equally_sure():
    confidence = np.array([0.4, 0.4 + 1e-16, 0.4 - 6e-17, 0.4])
    curve = coverage_curve(confidence, np.array([True, False, False, True]))
    assert curve.accuracy == pytest.approx([0.5] * 4)
