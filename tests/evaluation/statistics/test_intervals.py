import numpy as np
import pytest
from scipy.stats import binomtest
from support.answer_matrices import draw_matrix, make_matrix

from libra_emo.evaluation.statistics.intervals import (
    class_intervals,
    clip_bootstrap_interval,
    clustered_intervals,
    effective_number,
    jackknife_interval,
    share_interval,
    wilson_interval,
)
from libra_emo.evaluation.statistics.scores import METRICS, score_model


def test_each_score_lies_in_its_interval():
    matrix = draw_matrix(1)
    found = clustered_intervals(matrix, 0, matrix.answered[0])
    scores = score_model(matrix, 0, matrix.answered[0])
    assert tuple(found) == METRICS
    for name, interval in found.items():
        assert interval.estimate == scores[name]
        assert interval.low < interval.estimate < interval.high


def test_clips_on_their_own_give_the_error_of_a_mean():
    """With a film a clip, the jackknife of a mean is its usual standard error."""
    right = np.array([1] * 30 + [0] * 20)
    matrix = make_matrix(np.zeros(50, dtype=int), np.where(right, 0, 1))
    interval = clustered_intervals(matrix, 0, matrix.answered[0])["accuracy"]
    assert interval.error == pytest.approx(right.std(ddof=1) / np.sqrt(50))


def test_films_that_are_copies_of_one_clip_widen_the_interval():
    right = np.repeat([1, 0, 1, 0, 0, 1], 20)
    truth, predicted = np.zeros(120, dtype=int), np.where(right, 0, 1)
    alone = make_matrix(truth, predicted)
    in_films = make_matrix(truth, predicted, film=np.repeat(np.arange(6), 20))
    narrow, wide = (
        clustered_intervals(matrix, 0, matrix.answered[0])["accuracy"]
        for matrix in (alone, in_films)
    )
    assert wide.error == pytest.approx(right[::20].std(ddof=1) / np.sqrt(6))
    assert wide.error > 4 * narrow.error


def test_one_film_has_no_interval():
    matrix = make_matrix([0, 1], [0, 0], film=[0, 0])
    interval = clustered_intervals(matrix, 0, matrix.answered[0])["accuracy"]
    assert interval.estimate == 0.5
    assert np.isnan([interval.low, interval.high, interval.error]).all()


def test_films_of_unequal_size_count_for_less():
    assert effective_number(np.array([5.0, 5.0, 5.0])) == pytest.approx(3)
    assert effective_number(np.array([98.0, 1.0, 1.0])) == pytest.approx(1.04, abs=0.01)
    left_out = np.array([0.5, 0.52, 0.48])
    equal = jackknife_interval(0.5, left_out, np.array([9.0, 9.0, 9.0]))
    unequal = jackknife_interval(0.5, left_out, np.array([15.0, 9.0, 3.0]))
    assert unequal.error == equal.error
    assert unequal.low < equal.low


@pytest.mark.parametrize(("hits", "total"), [(0, 9), (5, 9), (9, 9), (120, 642)])
def test_wilson_agrees_with_scipy(hits, total):
    expected = binomtest(hits, total).proportion_ci(0.95, method="wilson")
    assert wilson_interval(hits / total, total) == pytest.approx((expected.low, expected.high))


def test_a_class_whose_films_differ_has_a_smaller_effective_size():
    truth = np.zeros(60, dtype=int)
    film = np.repeat(np.arange(6), 10)
    mixed = make_matrix(truth, np.tile([0, 1], 30), film)
    split = make_matrix(truth, np.repeat([0, 1], 30), film)
    narrow, wide = (
        class_intervals(matrix.count(0, matrix.answered[0]))[0] for matrix in (mixed, split)
    )
    assert narrow.estimate == wide.estimate == 0.5
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)
    absent = class_intervals(mixed.count(0, mixed.answered[0]))[1]
    assert np.isnan(absent).all()


def test_the_bootstrap_over_clips_is_the_one_in_use_before():
    """The percentiles of drawn resamples agree with those of the binomial distribution."""
    drawn = np.random.default_rng(1).binomial(642, 329 / 642, size=200_000) / 642
    expected = np.percentile(drawn, [2.5, 97.5])
    assert clip_bootstrap_interval(329, 642) == pytest.approx(expected, abs=2 / 642)
    assert np.isnan(clip_bootstrap_interval(0, 0)).all()


def test_clips_of_a_single_film_count_as_one():
    many, one = share_interval(np.array([5.0]), np.array([10.0])), wilson_interval(0.5, 1)
    assert (many.low, many.high) == pytest.approx(one)
