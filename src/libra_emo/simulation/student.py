"""A student that learns: linear discriminant analysis on what it sees of the clips.

It stands for a fine-tuned model. It really learns from the labels that it is given: wrong labels
make it worse, labels that are wrong in the way of what it sees teach it their errors, and it mixes
up neighbours, which look alike. Two things differ from a real one: it learns from a hundred clips
of a class what a large model learns from a thousand, and it remembers nothing; what an in-sample
student remembers of its labels is a parameter of the world.
"""

from __future__ import annotations

import numpy as np

from libra_emo.labelling.aggregation import normalise_logs
from libra_emo.labelling.votes import Floats, Ints

FOLDS = 5
SHRINKAGE = 5.0  # clips of the average that each class's mean is shrunk by
SMALLEST_SHARE = 1e-4


def cross_fit(seen: Floats, labels: Ints, film: Ints, number: int, folds: int = FOLDS) -> Floats:
    """Return probabilities by students of which each was taught the other films' labels.

    Args:
        seen: What the student sees of each clip.
        labels: Label of each clip, -1 for none.
        film: Film of each clip; a film is in one fold.
        number: How many labels there are.
        folds: How many students.
    """
    fold = film % folds
    result = np.empty((len(seen), number))
    for one in range(folds):
        inside = fold == one
        taught = ~inside & (labels >= 0)
        result[inside] = _predict(seen[inside], *_fit(seen[taught], labels[taught], number))
    return result


def fit_in_sample(seen: Floats, labels: Ints, number: int, memory: float) -> Floats:
    """Return probabilities by one student for the clips that it was taught.

    Args:
        seen: What the student sees of each clip.
        labels: Label of each clip, -1 for none.
        number: How many labels there are.
        memory: Log-odds by which it favours the label that it was taught.
    """
    taught = labels >= 0
    shares = _predict(seen, *_fit(seen[taught], labels[taught], number))
    logs = np.log(np.maximum(shares, 1e-12))
    logs[np.flatnonzero(taught), labels[taught]] += memory
    return normalise_logs(logs)


def _fit(seen: Floats, labels: Ints, number: int) -> tuple[Floats, Floats]:
    """Return weights and offsets of the linear scores of each label."""
    counts = np.bincount(labels, minlength=number).astype(np.float64)
    sums = np.zeros((number, seen.shape[1]))
    np.add.at(sums, labels, seen)
    means = (sums + SHRINKAGE * seen.mean(axis=0)) / (counts + SHRINKAGE)[:, None]
    centred = seen - means[labels]
    spread = centred.T @ centred / max(len(seen) - number, 1) + 1e-3 * np.eye(seen.shape[1])
    weights = np.linalg.solve(spread, means.T)
    shares = np.maximum(counts / counts.sum(), SMALLEST_SHARE)
    offsets = np.log(shares) - (means * weights.T).sum(axis=1) / 2
    return weights, offsets


def _predict(seen: Floats, weights: Floats, offsets: Floats) -> Floats:
    return normalise_logs(seen @ weights + offsets)
