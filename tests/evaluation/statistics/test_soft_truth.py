import numpy as np
import pytest
from support.votes import draw_votes

from libra_emo.evaluation.statistics.soft_truth import SMOOTHING, noise_ceiling, soft_scores


def test_the_distribution_of_the_votes_itself_has_no_distance():
    counts = np.array([[4.0, 4.0, 0.0], [8.0, 0.0, 0.0]])
    found = soft_scores(counts, counts)
    assert found.manhattan == 0
    assert found.cross_entropy == pytest.approx(np.log(2) / 2, abs=0.02)


def test_a_sure_and_wrong_answer_is_as_far_as_can_be_and_still_finite():
    found = soft_scores(np.array([[0.0, 1.0, 0.0]]), np.array([[8.0, 0.0, 0.0]]))
    assert found.manhattan == 2
    assert found.cross_entropy == pytest.approx(-np.log(SMOOTHING / 3))


def test_no_label_is_the_uniform_distribution_and_clips_without_votes_do_not_count():
    probabilities = np.array([[0.0, 0.0], [1.0, 0.0]])
    found = soft_scores(probabilities, np.array([[3.0, 1.0], [0.0, 0.0]]))
    assert found.manhattan == pytest.approx(0.5)
    assert np.isnan(soft_scores(probabilities, np.zeros((2, 2))).manhattan)


def test_half_of_the_annotators_is_a_ceiling_between_perfect_and_guessing():
    votes = draw_votes(1, clips=200)
    ceiling = noise_ceiling(votes, seed=1, splits=20)
    guessing = soft_scores(np.ones((200, 13)), votes.counts)
    assert 0 < ceiling.manhattan < guessing.manhattan
    assert ceiling == noise_ceiling(votes, seed=1, splits=20)
