"""The classical student's classifier: trees, a discriminant and words, pooled.

Which parts, and how they weigh, came out of benchmarks/classical_student.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from libra_emo.students.options import StudentOptions

_ITERATIONS = 500
_FLOOR = 1e-3  # of a part's probability, so that no part alone can rule out a label


class Blend:
    """Probabilities of labels from measured columns and, when asked, from the subtitle.

    Three parts, each with its own view: extremely randomised trees on the columns, every label
    with the same weight; a linear discriminant with a shrunk covariance on the standardised
    columns; a logistic regression on character n-grams of the subtitle. Their probabilities are
    pooled by a weighted geometric mean, in which a label must convince all of them.

    Args:
        columns: The measured columns to read.
        with_subtitle: Whether to read the column `subtitle` too.
        options: How to learn.
        seed: Of the trees.
    """

    def __init__(
        self, columns: Sequence[str], with_subtitle: bool, options: StudentOptions, seed: int
    ) -> None:
        self.columns = list(columns)
        self.with_subtitle = with_subtitle
        self.options = options
        self.seed = seed
        self.seen: list[str] = []
        self._parts: list[tuple[float, Any]] = []

    def fit(self, table: pd.DataFrame, labels: Sequence[str]) -> Self:
        """Train on the rows of a table; labels of one kind alone make a constant answer."""
        self.seen = sorted(set(labels))
        self._parts = []
        if len(self.seen) > 1:
            parts = self._choose_parts(table)
            whole = sum(weight for weight, _ in parts)
            self._parts = [(weight / whole, model) for weight, model in parts]
        with warnings.catch_warnings():
            # a label with one clip has no spread of its own; the others' covariance serves it
            warnings.filterwarnings("ignore", message="Only one sample available")
            for _, model in self._parts:
                model.fit(table, list(labels))
        return self

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return one row a clip and one column a label; labels never seen get 0."""
        logs = np.zeros((len(table), len(self.seen)))
        for weight, model in self._parts:
            logs += weight * np.log(np.maximum(model.predict_proba(table), _FLOOR))
        found = np.exp(logs - logs.max(axis=1, keepdims=True))
        place = {label: column for column, label in enumerate(labels)}
        result = np.zeros((len(table), len(labels)))
        result[:, [place[label] for label in self.seen]] = found
        total: np.ndarray = result / result.sum(axis=1, keepdims=True)
        return total

    def _choose_parts(self, table: pd.DataFrame) -> list[tuple[float, Any]]:
        """Return the parts that can learn here; with words alone, their weight does not count."""
        options = self.options
        parts: list[tuple[float, Any]] = []
        if self.columns and options.forest_weight > 0:
            parts.append((options.forest_weight, self._forest()))
        # the covariance wants more clips than labels
        if self.columns and options.discriminant_weight > 0 and len(table) > len(self.seen):
            parts.append((options.discriminant_weight, self._discriminant()))
        words = self.with_subtitle and table["subtitle"].str.strip().ne("").any()
        if words and (options.words_weight > 0 or not parts):
            parts.append((options.words_weight or 1.0, self._words()))
        return parts

    def _forest(self) -> Any:
        from sklearn.ensemble import ExtraTreesClassifier
        from sklearn.pipeline import make_pipeline

        trees = ExtraTreesClassifier(
            n_estimators=self.options.forest_trees,
            min_samples_leaf=self.options.min_leaf_clips,
            class_weight="balanced",
            random_state=self.seed,
            n_jobs=1,
        )
        return make_pipeline(self._measured(), trees)

    def _discriminant(self) -> Any:
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        judge = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        return make_pipeline(self._measured(), StandardScaler(), judge)

    def _words(self) -> Any:
        from sklearn.compose import ColumnTransformer
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        sizes = (self.options.min_ngram_characters, self.options.max_ngram_characters)
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=sizes, sublinear_tf=True)
        judge = LogisticRegression(C=self.options.inverse_regularisation, max_iter=_ITERATIONS)
        return make_pipeline(ColumnTransformer([("subtitle", grams, "subtitle")]), judge)

    def _measured(self) -> Any:
        from sklearn.compose import ColumnTransformer
        from sklearn.impute import SimpleImputer

        filled = SimpleImputer(strategy="median", keep_empty_features=True)
        return ColumnTransformer([("measured", filled, self.columns)])
