import numpy as np
import pytest

from libra_emo.evaluation.statistics.answer_matrix import AnswerMatrix
from libra_emo.evaluation.statistics.bootstrap import bootstrap_gain

CLASSES = tuple("abc")


def make_matrix(right, films, clips=20, spread=0.0, seed=1):
    """Two models that are right with given shares; films may differ in both alike."""
    draw = np.random.default_rng(seed)
    film = np.repeat(np.arange(films), clips)
    truth = draw.integers(3, size=len(film))
    shift = spread * draw.normal(size=films)[film]
    chance = draw.random((2, len(film)))
    hits = chance < np.clip(np.array(right)[:, None] + shift, 0, 1)
    predicted = np.where(hits, truth, (truth + 1) % 3)
    negative = np.array([True, False, False])
    return AnswerMatrix(truth, predicted, film, CLASSES, negative, ("before", "after"))


def test_the_same_answers_gain_nothing():
    matrix = make_matrix((0.5, 0.5), 8)
    same = AnswerMatrix(
        matrix.truth, matrix.predicted[[0, 0]], matrix.film, CLASSES, matrix.negative, ("a", "b")
    )
    assert bootstrap_gain(same, "accuracy", 1) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("score", ["accuracy", "macro_f1", "weighted_f1"])
def test_a_large_gain_is_measurable_and_its_reverse_is_a_loss(score):
    gain = bootstrap_gain(make_matrix((0.4, 0.8), 10), score, 1)
    assert 0 < gain.low < gain.difference < gain.high
    loss = bootstrap_gain(make_matrix((0.8, 0.4), 10), score, 1)
    assert loss.high < 0


def test_the_interval_covers_also_where_films_differ():
    """Coverage of the true gain, which films share: 10 points, with 12 films of 20 clips."""
    held = 0
    for seed in range(100):
        gain = bootstrap_gain(
            make_matrix((0.4, 0.5), 12, spread=0.15, seed=seed), "accuracy", seed, samples=400
        )
        held += gain.low <= 0.1 <= gain.high
    assert held >= 86  # percentiles over 12 films cover somewhat less than 95 %


def test_the_draws_depend_on_the_seed_alone_and_one_film_says_nothing():
    matrix = make_matrix((0.4, 0.6), 6)
    assert bootstrap_gain(matrix, "accuracy", 3) == bootstrap_gain(matrix, "accuracy", 3)
    single = bootstrap_gain(make_matrix((0.4, 0.6), 1), "accuracy", 3)
    assert np.isnan(single.low) and np.isnan(single.high) and single.difference > 0
