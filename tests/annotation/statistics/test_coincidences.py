import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.inter_rater import fleiss_kappa as reference_kappa

from libra_emo.annotation.statistics.coincidences import (
    count_coincidences,
    fleiss_kappa,
    share_partners,
)


@settings(deadline=None)
@given(arrays(int, st.tuples(st.integers(2, 30), st.just(6)), elements=st.integers(0, 4)))
def test_fleiss_kappa_is_that_of_statsmodels(answers):
    counts = np.stack([(answers == answer).sum(axis=1) for answer in range(5)], axis=1)
    assume((counts.sum(axis=0) > 0).sum() >= 2)
    assert fleiss_kappa(counts) == pytest.approx(reference_kappa(counts), abs=1e-12)


def test_fleiss_kappa_needs_the_same_number_of_votes():
    assert fleiss_kappa(np.array([[4, 0], [2, 1]])) is None
    assert fleiss_kappa(np.array([[1, 0], [0, 1]])) is None
    assert fleiss_kappa(np.zeros((0, 2))) is None
    assert math.isnan(fleiss_kappa(np.array([[4, 0], [4, 0]])))


@settings(deadline=None)
@given(arrays(int, st.tuples(st.integers(1, 12), st.just(3)), elements=st.integers(0, 3)))
def test_coincidences_count_pairs_within_units(counts):
    expected = np.zeros((3, 3))
    for unit in counts:
        answers = np.repeat(np.arange(3), unit)
        for i, one in enumerate(answers):
            for j, two in enumerate(answers):
                if i != j:
                    expected[one, two] += 1 / (len(answers) - 1)
    found = count_coincidences(counts)
    assert found == pytest.approx(expected)
    assert found.sum() == pytest.approx(counts.sum(axis=1)[counts.sum(axis=1) >= 2].sum())
    shares = share_partners(found)
    assert np.nansum(shares, axis=1) == pytest.approx((found.sum(axis=1) > 1e-9).astype(float))


def test_the_diagonal_is_agreement_by_answer():
    """Two of three say sad: a second annotator agrees with a sad one every second time."""
    shares = share_partners(count_coincidences(np.array([[2, 1, 0]])))
    assert shares[0].tolist() == [0.5, 0.5, 0]
    assert shares[1].tolist() == [1, 0, 0]
    assert np.isnan(shares[2]).all()
