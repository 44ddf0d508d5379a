from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests
from support.answer_matrices import draw_matrix, make_matrix

from libra_emo.evaluation.statistics.answer_matrix import NO_ANSWER
from libra_emo.evaluation.statistics.comparisons import (
    compare_all,
    holm,
    mcnemar_p_values,
    rank_ranges,
    sign_flip_p_values,
    smallest_p_value,
)


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_equals_that_of_statsmodels(p_values):
    expected = multipletests(p_values, method="holm")[1]
    assert holm(np.array(p_values)) == pytest.approx(expected)


def test_mcnemar_is_the_exact_binomial_test():
    first, second = np.array([0, 3, 9, 40]), np.array([0, 9, 3, 60])
    found = mcnemar_p_values(first, second)
    expected = [1.0] + [binomtest(a, a + b).pvalue for a, b in ((3, 9), (9, 3), (40, 60))]
    assert found == pytest.approx(expected)


def test_few_films_are_tested_exactly():
    differences = np.array([3.0, -1.0, 2.0, 4.0])
    sums = [abs(np.dot(signs, differences)) for signs in product((-1, 1), repeat=4)]
    expected = np.mean(np.array(sums) >= 8)
    assert sign_flip_p_values(differences[None], seed=1) == pytest.approx([expected])
    assert smallest_p_value(4) == 0.125


def test_draws_come_close_to_the_exact_test_and_repeat_with_the_seed():
    differences = np.random.default_rng(5).integers(-4, 6, size=(6, 13)).astype(float)
    exact = sign_flip_p_values(differences, seed=1, draws=2**13)
    drawn = sign_flip_p_values(differences, seed=1, draws=8000)
    assert drawn == pytest.approx(exact, abs=0.02)
    assert (drawn == sign_flip_p_values(differences, seed=1, draws=8000)).all()
    assert (drawn != sign_flip_p_values(differences, seed=2, draws=8000)).any()


def test_very_many_films_are_flipped_by_the_size_of_their_difference():
    """For single clips the test is McNemar's, whose p-value is known."""
    differences = np.zeros((1, 3000))
    differences[0, :90], differences[0, 90:150] = 1, -1
    expected = mcnemar_p_values(np.array([90]), np.array([60]))
    assert sign_flip_p_values(differences, seed=1) == pytest.approx(expected, abs=0.01)


def test_pairs_are_compared_on_the_clips_that_both_answered():
    truth = np.zeros(6, dtype=int)
    predicted = [[0, 0, 0, 0, 1, NO_ANSWER], [0, 1, 1, 0, 0, 0]]
    matrix = make_matrix(truth, predicted, film=[0, 0, 1, 1, 2, 2])
    (pair,) = compare_all(matrix, seed=1)
    assert (pair.clips, pair.films, pair.only_first, pair.only_second) == (5, 3, 2, 1)
    assert pair.difference == pytest.approx(1 / 5)
    assert pair.low < pair.difference < pair.high


def test_a_model_against_itself_and_a_clear_winner():
    truth = np.zeros(400, dtype=int)
    film = np.repeat(np.arange(20), 20)
    good, bad = np.tile([0, 0, 0, 1], 100), np.tile([0, 1, 1, 1], 100)
    matrix = make_matrix(truth, [bad, good, good], film)
    pairs = compare_all(matrix, seed=1)
    same = next(pair for pair in pairs if (pair.first, pair.second) == (1, 2))
    assert (same.difference, same.p_value, same.significant) == (0, 1, False)
    assert [pair.significant for pair in pairs] == [True, True, False]
    assert rank_ranges(3, pairs).tolist() == [[3, 3], [1, 2], [1, 2]]


def test_one_model_has_nothing_to_be_compared_with():
    assert compare_all(draw_matrix(1, models=1), seed=1) == []
