"""Drawn answers of models to clips of films."""

import numpy as np

from libra_emo.evaluation.statistics.answer_matrix import AnswerMatrix


def make_matrix(truth, predicted, film=None, classes=13, negative=range(5, 13), models=None):
    """Return a matrix of answers, by default of one model to the paper's thirteen classes."""
    truth, predicted = np.asarray(truth), np.atleast_2d(np.asarray(predicted))
    film = np.arange(len(truth)) if film is None else np.asarray(film)
    names = models or [f"model {place}" for place in range(len(predicted))]
    flags = np.isin(np.arange(classes), list(negative))
    labels = tuple(f"class {place}" for place in range(classes))
    return AnswerMatrix(truth, predicted, film, labels, flags, tuple(names))


def draw_matrix(seed, clips=642, films=24, models=3, accuracy=0.5, classes=13):
    """Return answers that are right by chance, to clips of films of unequal size."""
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.full(films, 4.0))
    film = np.concatenate([np.arange(films), generator.choice(films, clips - films, p=shares)])
    truth = generator.integers(classes, size=clips)
    wrong = (truth + generator.integers(1, classes, size=(models, clips))) % classes
    right = generator.random((models, clips)) < accuracy
    return make_matrix(truth, np.where(right, truth, wrong), film, classes)
