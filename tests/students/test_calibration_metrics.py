import numpy as np
import pytest

from libra_emo.students.calibration_metrics import expected_calibration_error, measure_reliability


def test_brier_score_of_scikit_learns_example():
    shares = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]])
    assert measure_reliability(shares, [0, 1, 2], bins=10).brier == pytest.approx(0.146, abs=1e-3)


def test_figures_computed_by_hand():
    """Two clips, two labels: squares 2 * 0.3^2 and 2 * 0.9^2, logarithms of 0.7 and 0.1."""
    found = measure_reliability(np.array([[0.7, 0.3], [0.9, 0.1]]), [0, 1], bins=2)
    assert found.brier == pytest.approx((0.18 + 1.62) / 2)
    assert found.nll == pytest.approx(-(np.log(0.7) + np.log(0.1)) / 2, abs=1e-6)
    assert found.ece == pytest.approx(0.8 - 0.5)  # one bin: mean confidence 0.8, half are right


def test_calibration_error_computed_by_hand():
    """Confidences 0.5, 0.6 | 0.7, 0.8 | 0.95 in ten bins; right are the first, the last three."""
    confidence = np.array([0.5, 0.6, 0.7, 0.8, 0.95])
    shares = np.column_stack([confidence, 1 - confidence])
    truth = [0, 1, 0, 0, 0]
    by_bin = [0.5, 0.6, 0.3, 0.2, 0.05]  # each alone in its bin: |confidence - right|
    assert expected_calibration_error(shares, truth, 10) == pytest.approx(sum(by_bin) / 5)
    together = [abs(0.5 - 1), abs((0.6 + 0.7 + 0.8 + 0.95) - 3)]  # edge at 0.5: it ends its bin
    assert expected_calibration_error(shares, truth, 2) == pytest.approx(sum(together) / 5)
    assert expected_calibration_error(shares, truth, 1) == pytest.approx(abs(3.55 - 4) / 5)


def test_confidence_on_an_edge_belongs_to_the_bin_below():
    """0.7 * 10 is 7.000000000000001 in floats; the clip shares a bin with 0.65."""
    shares = np.array([[0.7, 0.3], [0.65, 0.35]])
    assert expected_calibration_error(shares, [0, 1], 10) == pytest.approx(0.35 / 2)


def test_no_clips_have_no_error():
    assert np.isnan(expected_calibration_error(np.zeros((0, 3)), []))


def test_certain_answers_need_no_rounding_by_the_caller():
    shares = np.array([[1.0 + 1e-12, 0.0], [0.0, 1.0]])
    found = measure_reliability(shares, [0, 1], 15)
    assert (found.ece, found.brier) == (0, 0)
