"""Drawn votes of people for clips."""

import numpy as np

from libra_emo.evaluation.statistics.votes import Votes


def draw_votes(seed, clips=642, annotators=8, classes=13, agreement=0.6, films=20):
    """Return votes of annotators who see the clip's own class with some chance."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(classes, size=(clips, 1))
    other = generator.integers(classes, size=(clips, annotators))
    sees = generator.random((clips, annotators)) < agreement
    return Votes(np.where(sees, truth, other), classes, np.arange(clips) % films)
