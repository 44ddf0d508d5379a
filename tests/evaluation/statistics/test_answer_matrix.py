import numpy as np
import pytest
from support.answer_matrices import make_matrix

from libra_emo.evaluation.statistics.answer_matrix import (
    NO_ANSWER,
    NO_LABEL,
    OTHER_LABEL,
    StatisticsError,
    number_films,
)


def test_an_answer_may_lack_a_label_or_be_missing():
    matrix = make_matrix([0, 1, 2, 3], [0, NO_LABEL, NO_ANSWER, OTHER_LABEL])
    assert matrix.right[0].tolist() == [True, False, False, False]
    assert matrix.answered[0].tolist() == [True, True, False, True]
    assert matrix.readable[0].tolist() == [True, False, False, True]
    confusion = matrix.confusion(0)
    assert confusion.sum() == 4
    assert [confusion[1, 14], confusion[2, 15], confusion[3, 13]] == [1, 1, 1]


def test_counts_by_film_add_up_to_those_of_all_films():
    matrix = make_matrix([0, 0, 6, 6], [0, 6, 6, 0], film=[0, 1, 1, 0])
    counts = matrix.count(0, np.ones(4, dtype=bool))
    assert counts.hits.shape == (2, 13)
    assert counts.total().truths[[0, 6]].tolist() == [2, 2]
    assert counts.negative_predictions.sum(axis=0)[[0, 6]].tolist() == [1, 1]
    assert (counts.without_each().truths + counts.truths == counts.total().truths).all()


def test_films_are_numbered_as_they_appear():
    assert number_films(["b", "a", "b"]).tolist() == [0, 1, 0]


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(StatisticsError, match="do not fit"):
        make_matrix([0, 1], [[0, 1, 2]])
    with pytest.raises(StatisticsError, match="no clip"):
        make_matrix([], np.zeros((1, 0)))
