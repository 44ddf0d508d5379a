import math

import numpy as np
import pytest
from scipy.stats import permutation_test, t

from libra_emo.evaluation.intervals import compare_pair, score_with_intervals, wilson_interval
from libra_emo.evaluation.metrics import METRICS, score
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


def make_answers(clips=642, right=0.5, seed=0, films=None):
    rng = np.random.default_rng(seed)
    truth = rng.choice(TAXONOMY.labels, clips)
    predicted = np.where(rng.random(clips) < right, truth, rng.choice(TAXONOMY.labels, clips))
    places = np.arange(clips) if films is None else rng.integers(films, size=clips)
    return list(truth), list(predicted), [f"film{place}" for place in places]


def test_at_the_papers_size_an_interval_is_four_points_wide_each_side():
    truth, predicted, films = make_answers(right=0.46)  # chance adds a thirteenth of the rest
    found = score_with_intervals(truth, predicted, films, TAXONOMY)
    half = (found["accuracy_high"] - found["accuracy_low"]) / 2
    assert half == pytest.approx(0.039, abs=0.003)


def test_films_of_one_size_have_the_textbook_interval_of_their_mean():
    rng = np.random.default_rng(4)
    hits = rng.random((12, 20)) < rng.uniform(0.2, 0.8, 12)[:, None]
    truth = ["sad"] * hits.size
    predicted = ["sad" if hit else "happy" for hit in hits.ravel()]
    films = [f"film{place}" for place in np.repeat(np.arange(12), 20)]
    found = score_with_intervals(truth, predicted, films, TAXONOMY)
    means = hits.mean(axis=1)
    low, high = t.interval(0.95, 11, means.mean(), means.std(ddof=1) / np.sqrt(12))
    assert (found["accuracy_low"], found["accuracy_high"]) == pytest.approx((low, high))


def test_clips_that_are_alike_within_films_widen_the_interval():
    truth = ["sad"] * 200
    predicted = ["sad"] * 100 + ["happy"] * 100
    apart = score_with_intervals(truth, predicted, [str(n) for n in range(200)], TAXONOMY)
    alike = score_with_intervals(truth, predicted, [str(n // 20) for n in range(200)], TAXONOMY)
    assert alike["accuracy_high"] - alike["accuracy_low"] > 4 * (
        apart["accuracy_high"] - apart["accuracy_low"]
    )


def test_every_score_lies_in_its_interval_and_is_the_plain_one():
    truth, predicted, films = make_answers(400, films=15)
    found = score_with_intervals(truth, predicted, films, TAXONOMY)
    plain = score(truth, predicted, TAXONOMY)
    for name in METRICS:
        assert found[f"{name}_low"] < found[name] < found[f"{name}_high"]
        assert found[name] == plain[name]


def test_one_film_and_no_clip_have_no_interval():
    one = score_with_intervals(["sad"], ["sad"], ["film"], TAXONOMY)
    assert one["accuracy"] == 1.0 and math.isnan(one["accuracy_low"])
    none = score_with_intervals([], [], [], TAXONOMY)
    assert all(math.isnan(value) for value in none.values())
    assert all(math.isnan(value) for value in wilson_interval(0, 0))


def test_wilson_of_a_textbook():
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3: 81 of 263
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20)[1] == pytest.approx(0.1611, abs=5e-5)


def test_a_pair_is_compared_as_scipy_flips_the_signs_of_films():
    truth, first, films = make_answers(120, right=0.7, films=9)
    second = make_answers(120, right=0.4, seed=0, films=9)[1]
    found = compare_pair(truth, first, second, films, TAXONOMY, seed=1, permutations=10_000)
    lead = np.equal(truth, first).astype(int) - np.equal(truth, second)
    sums = np.array([lead[np.equal(films, film)].sum() for film in sorted(set(films))])
    peer = permutation_test(
        (sums,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert found.p_value == pytest.approx(peer.pvalue)
    assert found.difference == pytest.approx(lead.mean())


def test_a_comparison_counts_the_clips_that_one_alone_has_right():
    truth, films = ["sad"] * 10, [str(place) for place in range(10)]
    first, second = ["sad"] * 8 + ["angry"] * 2, ["angry"] * 7 + ["sad"] * 3
    found = compare_pair(truth, first, second, films, TAXONOMY, seed=1, permutations=1000)
    assert (found.only_first, found.only_second) == (7, 2)
    assert found.p_mcnemar == pytest.approx(2 * (1 + 9 + 36) / 2**9)  # both tails of 7 of 9


def test_equal_models_do_not_differ():
    truth, predicted, films = make_answers(30)
    found = compare_pair(truth, predicted, predicted, films, TAXONOMY, seed=1, permutations=1000)
    assert found.p_value == found.p_mcnemar == 1.0


@pytest.mark.parametrize(("hits", "low", "high"), [(0, 0.0, 0.2991), (9, 0.7009, 1.0)])
def test_none_and_all_of_nine_have_wilsons_interval(hits, low, high):
    # the ends are Wilson's for 0 and 9 of 9: z² / (n + z²) with z = 1.96
    truth = ["sad"] * 9
    answers = ["sad"] * hits + ["happy"] * (9 - hits)
    scores = score_with_intervals(truth, answers, ["a", "b", "c"] * 3, read_taxonomy())
    for name in ("accuracy", "negative_accuracy", "weighted_f1"):
        ends = scores[f"{name}_low"], scores[f"{name}_high"]
        assert ends == pytest.approx((low, high), abs=1e-4)
