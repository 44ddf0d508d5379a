import math

import numpy as np
import pytest
from scipy.stats import bootstrap

from libra_emo.evaluation.intervals import (
    bootstrap_intervals,
    mcnemar,
    score_with_intervals,
    wilson_interval,
)
from libra_emo.evaluation.metrics import METRICS, score
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def make_answers(clips=642, right=0.5, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.choice(TAXONOMY.labels, clips)
    predicted = np.where(rng.random(clips) < right, truth, rng.choice(TAXONOMY.labels, clips))
    return list(truth), list(predicted)


def test_at_the_papers_size_an_interval_is_four_points_wide_each_side():
    truth, predicted = make_answers(right=0.46)  # chance adds a thirteenth of the rest
    low, high = bootstrap_intervals(truth, predicted, TAXONOMY, seed=1)["accuracy"]
    assert (high - low) / 2 == pytest.approx(0.039, abs=0.003)


def test_the_interval_is_scipys():
    truth, predicted = make_answers(120)
    hits = np.equal(truth, predicted).astype(float)
    peer = bootstrap(
        (hits,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(5)
    ).confidence_interval
    ours = bootstrap_intervals(truth, predicted, TAXONOMY, seed=1, resamples=4000)["accuracy"]
    assert ours == pytest.approx((peer.low, peer.high), abs=0.02)


def test_every_score_lies_in_its_interval_and_a_seed_repeats_it():
    truth, predicted = make_answers(200)
    one = score_with_intervals(truth, predicted, TAXONOMY, seed=1, resamples=500)
    assert one == score_with_intervals(truth, predicted, TAXONOMY, seed=1, resamples=500)
    assert one != score_with_intervals(truth, predicted, TAXONOMY, seed=2, resamples=500)
    plain = score(truth, predicted, TAXONOMY)
    for name in METRICS:
        assert one[f"{name}_low"] < one[name] < one[f"{name}_high"]
        assert one[name] == plain[name]


def test_wilson_of_a_textbook():
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3: 81 of 263
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20)[1] == pytest.approx(0.1611, abs=5e-5)


def test_mcnemar_counts_the_clips_that_one_alone_has_right():
    truth = ["sad"] * 10
    found = mcnemar(truth, ["sad"] * 8 + ["angry"] * 2, ["angry"] * 7 + ["sad"] * 3, TAXONOMY)
    assert (found.only_first, found.only_second) == (7, 2)
    assert found.p_value == pytest.approx(2 * (1 + 9 + 36) / 2**9)  # both tails of 7 of 9


def test_mcnemar_of_equal_models_is_one():
    truth, predicted = make_answers(30)
    assert mcnemar(truth, predicted, predicted, TAXONOMY).p_value == 1.0


def test_a_single_clip_has_an_interval_of_its_own_value():
    found = bootstrap_intervals(["sad"], ["sad"], TAXONOMY, seed=1, resamples=10)
    assert found["accuracy"] == (1.0, 1.0)


def test_nothing_has_no_interval():
    found = bootstrap_intervals([], [], TAXONOMY, seed=1)
    assert all(math.isnan(value) for pair in found.values() for value in pair)
    assert all(math.isnan(value) for value in wilson_interval(0, 0))
