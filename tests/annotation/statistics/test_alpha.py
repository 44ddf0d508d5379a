import math
import time
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from libra_emo.annotation.statistics.alpha import estimate_alpha
from libra_emo.annotation.statistics.distances import (
    coarse_distances,
    nominal_distances,
    taxonomy_distances,
)
from libra_emo.taxonomy import read_taxonomy

FERPLUS = Path(__file__).parents[3] / "../shared/real/labels/ferplus/fer2013new.csv"
TAXONOMY = read_taxonomy()
ANSWERS = (*TAXONOMY.labels, TAXONOMY.other)
COUNTS = arrays(int, st.tuples(st.integers(1, 30), st.just(14)), elements=st.integers(0, 4))


def ask_oracle(counts, distances):
    """The package's alpha for a metric of ours."""

    def metric(v1, v2, **_):
        return distances[v1.astype(int), v2.astype(int)]

    return krippendorff.alpha(
        value_counts=counts,
        value_domain=np.arange(counts.shape[1]),
        level_of_measurement=metric,
    )


@settings(deadline=None, max_examples=50)
@given(COUNTS)
def test_alpha_of_every_distance_is_that_of_the_package_krippendorff(counts):
    paired = counts[counts.sum(axis=1) >= 2]
    assume((paired.sum(axis=0) > 0).sum() >= 2)
    distances = [nominal_distances(14), taxonomy_distances(ANSWERS, TAXONOMY)]
    values = [estimate.value for estimate in estimate_alpha(counts, distances, draws=0)]
    theirs = [ask_oracle(paired, distance) for distance in distances]
    assert values == pytest.approx(theirs, rel=0, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(COUNTS)
def test_coarse_alpha_is_alpha_of_the_parents(counts):
    parents = [*TAXONOMY.coarse_labels, "other"]
    merged = np.zeros((len(counts), len(parents)), dtype=int)
    for place, answer in enumerate(ANSWERS):
        merged[:, parents.index(TAXONOMY.coarse_of.get(answer, "other"))] += counts[:, place]
    ours = estimate_alpha(counts, [coarse_distances(ANSWERS, TAXONOMY)], draws=0)[0].value
    plain = estimate_alpha(merged, [nominal_distances(len(parents))], draws=0)[0].value
    assert ours == pytest.approx(plain, abs=1e-9, nan_ok=True)


@pytest.mark.skipif(not FERPLUS.exists(), reason="the real labels are not here")
def test_ferplus_with_a_thousand_draws():
    counts = pd.read_csv(FERPLUS).iloc[:, 2:].to_numpy()
    start = time.process_time()
    (estimate,) = estimate_alpha(counts, [nominal_distances(10)])
    assert time.process_time() - start < 3
    assert estimate.value == pytest.approx(0.5151, abs=5e-5)
    assert estimate.low < 0.5151 < estimate.high
    assert estimate.high - estimate.low < 0.01


def draw_clips(draw, clips, effect):
    """Votes of four annotators about clips whose films share part of the difficulty."""
    truth = draw.integers(0, 5, size=clips)
    right = (
        draw.random((clips, 4))
        < np.clip(0.6 + np.repeat(effect, clips // len(effect)), 0, 1)[:, None]
    )
    answers = np.where(right, truth[:, None], draw.integers(0, 5, size=(clips, 4)))
    return np.stack([(answers == answer).sum(axis=1) for answer in range(5)], axis=1)


def test_intervals_cover_the_value_of_a_large_sample():
    """Nominally 95 %; 80 worlds of 300 clips, so 88 % is four standard errors below."""
    draw = np.random.default_rng(4)
    none = np.zeros(1)
    truth = estimate_alpha(draw_clips(draw, 100_000, none), [nominal_distances(5)], draws=0)[0]
    covered = 0
    for world in range(80):
        (found,) = estimate_alpha(
            draw_clips(draw, 300, none), [nominal_distances(5)], draws=300, seed=world
        )
        covered += found.low <= truth.value <= found.high
    assert covered / 80 > 0.85


def test_clusters_widen_the_interval_where_films_differ():
    draw = np.random.default_rng(5)
    counts = draw_clips(draw, 2000, draw.normal(0, 0.25, size=20))
    films = np.repeat(np.arange(20), 100)
    distances = [nominal_distances(5)]
    (by_clip,), (by_film,) = (
        estimate_alpha(counts, distances, clusters) for clusters in (None, films)
    )
    assert by_clip.value == pytest.approx(by_film.value)
    assert by_film.high - by_film.low > 2 * (by_clip.high - by_clip.low)


def test_drawing_rows_and_drawing_kinds_of_rows_are_the_same():
    """Ten clips of two kinds against ten clips of which each is a little different."""
    kinds = np.array([[4, 0, 0], [2, 2, 0]] * 400)
    (one,) = estimate_alpha(kinds, [nominal_distances(3)], draws=2000)
    (two,) = estimate_alpha(kinds, [nominal_distances(3)], np.arange(800), draws=2000, seed=1)
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=0.01)


def test_what_is_not_defined_is_nan():
    for counts in (np.zeros((0, 3)), np.eye(3), np.array([[4, 0, 0]] * 3)):
        (estimate,) = estimate_alpha(counts, [nominal_distances(3)], draws=10)
        assert math.isnan(estimate.value)
    (single,) = estimate_alpha(np.array([[2, 2]]), [nominal_distances(2)], draws=10)
    assert math.isfinite(single.value) and math.isnan(single.low)


def test_the_tree_of_the_taxonomy_orders_distances():
    distances = taxonomy_distances(ANSWERS, TAXONOMY)
    places = {answer: place for place, answer in enumerate(ANSWERS)}

    def between(one, two):
        return distances[places[one], places[two]]

    assert between("sad", "sad") == 0
    assert 0 < between("sad", "despairful") < between("sad", "angry") < between("sad", "happy")
    assert between("other", "sad") == between("neutral", "sad") == 1
    assert (distances == distances.T).all()
