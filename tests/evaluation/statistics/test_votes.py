import numpy as np
import pytest
from scipy.stats import false_discovery_control
from support.votes import draw_votes

from libra_emo.evaluation.statistics.votes import (
    Votes,
    alternative_annotator_test,
    count_votes,
    human_ceiling,
    random_halves,
    reject_with_dependence,
)


def votes_of(rows, classes=3):
    labels = np.array(rows)
    return Votes(labels, classes, np.arange(len(labels)))


def test_votes_are_counted_and_missing_ones_are_not():
    assert count_votes(np.array([[0, 0, 2, -1]]), 3).tolist() == [[2, 0, 1]]


def test_annotators_who_agree_are_a_perfect_ceiling():
    ceiling = human_ceiling(votes_of([[1] * 8, [0] * 8, [2] * 8]), seed=1)
    assert ceiling.one_against_others.estimate == ceiling.halves.estimate == 1
    assert (ceiling.clips, ceiling.annotators) == (3, 8)


def test_one_annotator_against_the_plurality_of_the_others():
    ceiling = human_ceiling(votes_of([[0, 0, 0, 1]]), seed=1)
    assert ceiling.one_against_others.estimate == pytest.approx(3 / 4)
    tied = human_ceiling(votes_of([[0, 1, -1, -1], [0, -1, -1, -1]]), seed=1)
    assert tied.one_against_others.estimate == 0
    assert tied.clips == 1


def test_halves_share_no_annotator_and_lose_none():
    labels = np.array([[0, 1, 2, 1, -1], [2, 2, -1, -1, -1]])
    one, two = random_halves(labels, np.random.default_rng(1))
    assert ((one >= 0) & (two >= 0)).sum() == 0
    assert (np.maximum(one, two) == labels).all()
    assert (one >= 0).sum(axis=1).tolist() == [2, 1]


def test_halves_of_four_agree_less_than_one_with_seven():
    ceiling = human_ceiling(draw_votes(1, clips=400), seed=1)
    assert 0.5 < ceiling.halves.estimate < ceiling.one_against_others.estimate + 0.2
    assert ceiling.halves.low < ceiling.halves.estimate < ceiling.halves.high


def test_a_model_like_an_annotator_passes_and_a_guessing_one_does_not():
    votes = draw_votes(2, clips=300)
    generator = np.random.default_rng(3)
    like_one = votes.labels[:, 0]
    others = Votes(votes.labels[:, 1:], votes.classes, votes.film)
    good = alternative_annotator_test(others, like_one)
    assert good.passes
    assert good.annotators == 7
    assert good.omega >= 0.5
    guessing = alternative_annotator_test(others, generator.integers(0, votes.classes, 300))
    assert not guessing.passes
    assert guessing.omega == 0
    assert guessing.rho < good.rho


def test_an_answer_without_a_label_agrees_with_nobody():
    votes = votes_of([[0, 0, 0]] * 40)
    silent = alternative_annotator_test(votes, np.full(40, -1))
    assert (silent.omega, silent.rho) == (0, 0)
    right = alternative_annotator_test(votes, np.zeros(40, dtype=int))
    assert (right.omega, right.rho, right.passes) == (1, 1, True)


def test_the_model_has_no_advantage_from_agreeing_with_the_one_left_out():
    """Two annotators who never agree: nobody agrees with the other, so model and person tie."""
    votes = votes_of([[0, 1]] * 40)
    found = alternative_annotator_test(votes, np.zeros(40, dtype=int))
    assert found.rho == 1  # at least as good: it agrees with the first, or ties with the first


def test_too_few_clips_test_nobody():
    found = alternative_annotator_test(votes_of([[0, 0]] * 5), np.zeros(5, dtype=int))
    assert found.annotators == 0
    assert not found.passes


def test_the_correction_is_that_of_benjamini_and_yekutieli():
    p_values = np.random.default_rng(2).beta(0.3, 4, size=12)
    expected = false_discovery_control(p_values, method="by") <= 0.05
    assert (reject_with_dependence(p_values, 0.05) == expected).all()
