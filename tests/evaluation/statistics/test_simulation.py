import numpy as np
import pytest

from libra_emo.evaluation.statistics.comparisons import sign_flip_p_values
from libra_emo.evaluation.statistics.simulation import (
    CORRELATIONS,
    FILMS,
    simulate_coverage,
    simulate_level,
)

SETTINGS = [(films, correlation) for films in FILMS for correlation in CORRELATIONS]


@pytest.mark.parametrize(("films", "correlation"), SETTINGS)
def test_intervals_cover_as_often_as_they_promise(films, correlation):
    found = simulate_coverage(films, correlation, sets=4000, seed=1, resamples=2)
    assert 0.93 <= found.jackknife <= 0.97
    if correlation:
        assert found.clip_bootstrap < 0.85


@pytest.mark.parametrize(("films", "correlation"), [(10, 0.1), (20, 0.3), (40, 0.0)])
def test_the_permutation_test_holds_its_level(films, correlation):
    differences = simulate_level(films, correlation, sets=3000, seed=1)
    p_values = sign_flip_p_values(differences, seed=1, draws=1024)
    assert np.mean(p_values <= 0.05) == pytest.approx(0.05, abs=0.015)
