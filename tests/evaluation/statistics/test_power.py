import numpy as np
import pytest
from support.answer_matrices import draw_matrix, make_matrix

from libra_emo.evaluation.statistics.comparisons import compare_all
from libra_emo.evaluation.statistics.power import describe_power, detectable_difference


def test_the_detectable_difference_is_found_as_often_as_promised():
    """Means of 30 normal draws at that distance are significant in 80 % of the trials."""
    from scipy.stats import ttest_1samp

    generator = np.random.default_rng(3)
    difference = detectable_difference(1 / np.sqrt(30), 30)
    draws = generator.normal(difference, 1, size=(4000, 30))
    found = (ttest_1samp(draws, 0, axis=1).pvalue < 0.05).mean()
    assert found == pytest.approx(0.8, abs=0.03)


def test_a_smaller_difference_needs_more_films():
    pairs = compare_all(draw_matrix(2, models=4), seed=1)
    two, one = describe_power(pairs, wanted=0.02), describe_power(pairs, wanted=0.01)
    assert two.difference == one.difference
    assert one.films == pytest.approx(4 * two.films, rel=0.01)
    assert two.clips > 642 * two.films / 24 * 0.99


def test_without_a_pair_that_differs_nothing_is_known():
    assert describe_power([]) is None
    same = make_matrix([0, 1, 0], [[0, 1, 1], [0, 1, 1]])
    assert describe_power(compare_all(same, seed=1)) is None
    assert np.isnan(detectable_difference(0.1, 1))
