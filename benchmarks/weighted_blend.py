"""The parts of the classical student in a form that is taught with a weight for each label."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf_shrinkage
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from libra_emo.labelling.aggregation import normalise_logs
from libra_emo.students import ClassicalOptions

Floats = NDArray[np.float64]

LEAST_WEIGHT = 0.05  # labels of a clip below it are not taught
TREES = 100


class WeightedBlend:
    """The three parts of the classical student, taught with a weight for each label of a clip.

    Args:
        own: Features of the clips that are taught.
        unseen: Features of the clips that are answered for.
        columns: The measured columns.
        options: Options of the classical student.
        seed: Seed of the trees.
    """

    def __init__(
        self, own: pd.DataFrame, unseen: pd.DataFrame, columns: list[str],
        options: ClassicalOptions, seed: int,
    ) -> None:  # fmt: skip
        filled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        self.own, self.unseen = (
            filled.fit_transform(own[columns]),
            filled.transform(unseen[columns]),
        )
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
        self.words = grams.fit_transform(own["subtitle"]), grams.transform(unseen["subtitle"])
        self.shrinkage = ledoit_wolf_shrinkage(self.own)
        self.options, self.seed = options, seed

    def answer(self, weights: Floats) -> NDArray[np.int64]:
        """Return the label of each unseen clip, taught with weights: an array (clips, labels)."""
        options = self.options
        kept = np.where(weights >= LEAST_WEIGHT, weights, 0.0)
        rows, labels = np.nonzero(kept)
        weight = kept[rows, labels]
        classes = np.unique(labels)
        sizes = np.bincount(labels, weights=weight)
        balanced = weight / sizes[labels] * sizes.mean()
        trees = ExtraTreesClassifier(
            TREES,
            random_state=self.seed,
            n_jobs=1,
            min_weight_fraction_leaf=options.min_leaf_clips / len(self.own),
        ).fit(self.own[rows], labels, sample_weight=balanced)
        words = LogisticRegression(C=options.inverse_regularisation, max_iter=500)
        words.fit(self.words[0][rows], labels, sample_weight=weight)
        parts = (
            (options.forest_weight, trees.predict_proba(self.unseen)),
            (options.discriminant_weight, self._discriminate(kept[:, classes])),
            (options.words_weight, words.predict_proba(self.words[1])),
        )
        pooled = sum(share * np.log(np.maximum(found, 1e-3)) for share, found in parts)
        answers: NDArray[np.int64] = classes[np.asarray(pooled).argmax(axis=1)]
        return answers

    def _discriminate(self, weights: Floats) -> Floats:
        scores = linear_scores(self.own, weights, self.unseen, 0.0, self.shrinkage)
        return normalise_logs(scores)


def linear_scores(
    seen: Floats, weights: Floats, unseen: Floats, prior_clips: float, shrinkage: float
) -> Floats:
    """Return the scores of a linear discriminant, taught with the weight of each label.

    Args:
        seen: What is seen of the clips that are taught.
        weights: Weight of each label of each of them.
        unseen: What is seen of the others.
        prior_clips: Clips of the average by which each class's mean is shrunk.
        shrinkage: Share of the covariance that is the average variance alone.
    """
    counts, by_clip = weights.sum(axis=0), weights.sum(axis=1)
    centre = by_clip @ seen / counts.sum()
    sums = weights.T @ seen
    means = (sums + prior_clips * centre) / np.maximum(counts + prior_clips, 1e-9)[:, None]
    spread = (seen * by_clip[:, None]).T @ seen - means.T @ sums - sums.T @ means
    spread = (spread + (means * counts[:, None]).T @ means) / counts.sum()
    level = np.trace(spread) / len(spread) * np.eye(len(spread))
    spread = (1 - shrinkage) * spread + shrinkage * level + 1e-3 * np.eye(len(spread))
    directions = np.linalg.solve(spread, means.T)
    shares = np.maximum(counts / counts.sum(), 1e-4)
    scores: Floats = unseen @ directions + np.log(shares) - (means * directions.T).sum(axis=1) / 2
    return scores
