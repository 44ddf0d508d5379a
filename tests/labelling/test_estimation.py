import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from libra_emo.labelling.estimation import AuditedLabels, estimate_share
from libra_emo.labelling.votes import LabellingError


def population(seed=1, clips=4000, films=40, shares=(0.05, 0.3), probability=(0.05, 0.2)):
    draw = np.random.default_rng(seed)
    stratum = draw.integers(len(shares), size=clips)
    changed = (draw.random(clips) < np.array(shares)[stratum]).astype(float)
    chance = np.array(probability)[stratum]
    drawn = draw.random(clips) < chance
    return AuditedLabels(stratum, draw.integers(films, size=clips), chance, drawn, changed)


def test_the_whole_population_gives_its_share():
    audited = population(probability=(1.0, 1.0))
    found = estimate_share(audited, 0.05)
    assert found.estimate == pytest.approx(audited.changed.mean())
    assert found.low < found.estimate < found.high


def test_strata_of_known_size_are_weighted_by_it():
    # two strata of 100 and 300 clips; 2 of 10 and 3 of 10 drawn are changed:
    # (100 x 0.2 + 300 x 0.3) / 400 = 0.275
    stratum = np.repeat([0, 1], [100, 300])
    drawn = np.zeros(400, dtype=bool)
    drawn[:10] = drawn[100:110] = True
    changed = np.zeros(400)
    changed[:2] = changed[100:103] = 1
    chance = np.where(stratum == 0, 0.1, 10 / 300)
    found = estimate_share(
        AuditedLabels(stratum, np.arange(400) % 20, chance, drawn, changed), 0.05
    )
    assert found.estimate == pytest.approx(0.275)


def test_no_error_gives_at_least_the_exact_bound():
    drawn = np.ones(400, dtype=bool)
    drawn[50:] = False
    audited = AuditedLabels(
        np.zeros(400, dtype=int), np.arange(400) % 300, np.full(400, 0.125), drawn, np.zeros(400)
    )
    found = estimate_share(audited, 0.05)
    exact = binomtest(0, 50).proportion_ci(0.95, method="exact").high
    assert found.low == 0
    assert exact <= found.high < 1.15 * exact  # a little wider, by Student's t on 49 degrees


def test_all_changed_is_not_certain_either():
    audited = population(shares=(1.0, 1.0))
    found = estimate_share(audited, 0.05)
    assert found.estimate == pytest.approx(1)
    assert found.low < 1
    assert found.high == 1


def test_a_stratum_without_a_drawn_clip_widens_by_its_share():
    audited = population(shares=(0.1, 0.1, 0.1), probability=(0.2, 0.2, 0.2))
    unknown = audited.stratum == 2
    found = estimate_share(audited._replace(drawn=audited.drawn & ~unknown), 0.05)
    without = estimate_share(audited.where(~unknown), 0.05)
    share = unknown.mean()
    assert found.low == pytest.approx(without.low * (1 - share))
    assert found.high == pytest.approx(without.high * (1 - share) + share)


def test_errors_that_lie_in_few_films_widen_the_interval():
    even = population(clips=6000, films=20)
    draw = np.random.default_rng(2)
    by_film = draw.random(20) < 0.2
    lumped = even._replace(changed=by_film[even.film].astype(float))
    same = lumped._replace(film=draw.integers(20, size=6000))
    assert estimate_share(lumped, 0.05).design_effect > 3
    assert estimate_share(same, 0.05).design_effect < 2


def test_the_difference_estimator_is_taken_only_where_it_narrows():
    audited = population(clips=8000)
    good = np.clip(audited.changed * 0.9 + 0.05, 0, 1)
    bad = np.random.default_rng(3).random(8000)
    plain = estimate_share(audited, 0.05)
    narrow = estimate_share(audited._replace(expected=good, instability=0.05), 0.05)
    assert narrow.estimator == "difference"
    assert narrow.high - narrow.low < plain.high - plain.low
    assert estimate_share(audited._replace(expected=bad), 0.05).estimator == "horvitz_thompson"


def test_one_film_says_nothing():
    audited = population(films=1)
    found = estimate_share(audited, 0.05)
    assert (found.low, found.high) == (0, 1)


def test_no_labels_are_an_error():
    none = np.empty(0)
    with pytest.raises(LabellingError, match="no labelled clip"):
        estimate_share(AuditedLabels(none.astype(int), none, none, none > 0, none), 0.05)


@given(st.integers(0, 10_000), st.floats(0.001, 0.3))
def test_the_interval_holds_the_estimate_and_grows_with_the_level(seed, alpha):
    audited = population(seed, clips=300, films=12)
    wide, narrow = estimate_share(audited, alpha / 2), estimate_share(audited, alpha)
    for found in (wide, narrow):
        if not np.isnan(found.estimate):
            assert 0 <= found.low <= found.estimate + 1e-9
            assert found.estimate <= found.high + 1e-9 <= 1 + 1e-8
    assert wide.low <= narrow.low + 1e-9
    assert wide.high >= narrow.high - 1e-9


def coverage(variance_floor, datasets=300):
    """Return how often an interval holds where one large stratum is sampled at 2 %."""
    held = 0
    for seed in range(datasets):
        audited = population(
            seed, clips=2000, films=20, shares=(0.03, 0.4), probability=(0.02, 0.5)
        )
        found = estimate_share(audited, 0.05, variance_floor=variance_floor)
        share = np.array([0.03, 0.4])[audited.stratum].mean()
        held += found.low <= share <= found.high
    return held / datasets


def test_coverage_fails_once_the_variance_floor_is_removed():
    assert coverage(variance_floor=True) >= 0.95
    assert coverage(variance_floor=False) < 0.90
