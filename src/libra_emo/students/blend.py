"""The classical student's classifier: a logistic regression averaged with a forest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from libra_emo.students.options import StudentOptions

_ITERATIONS = 500


class Blend:
    """Probabilities of labels from measured columns and, when asked, from the subtitle.

    The logistic regression sees character n-grams of the subtitle beside the standardised
    columns; the forest sees the columns alone, which it takes as they are.

    Args:
        columns: The measured columns to read.
        with_subtitle: Whether to read the column `subtitle` too.
        options: How to learn.
        seed: Of the forest.
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
            weight = self.options.forest_weight if self._has_forest else 0.0
            if weight < 1:
                self._parts.append((1 - weight, self._logistic(table)))
            if weight > 0:
                self._parts.append((weight, self._forest()))
        for _, model in self._parts:
            model.fit(table, list(labels))
        return self

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return one row a clip and one column a label; labels never seen get 0."""
        found = np.zeros((len(table), len(self.seen)))
        if not self._parts:
            found[:] = 1.0
        for weight, model in self._parts:
            found += weight * model.predict_proba(table)
        place = {label: column for column, label in enumerate(labels)}
        result = np.zeros((len(table), len(labels)))
        result[:, [place[label] for label in self.seen]] = found
        return result

    @property
    def _has_forest(self) -> bool:
        return bool(self.columns) and self.options.forest_trees > 0

    def _logistic(self, table: pd.DataFrame) -> Any:
        from sklearn.compose import ColumnTransformer
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        blocks: list[tuple[str, Any, Any]] = []
        if self.with_subtitle and table["subtitle"].str.strip().ne("").any():
            sizes = (self.options.min_ngram_characters, self.options.max_ngram_characters)
            words = TfidfVectorizer(analyzer="char_wb", ngram_range=sizes, sublinear_tf=True)
            blocks.append(("subtitle", words, "subtitle"))
        if self.columns:
            filled = SimpleImputer(strategy="median", keep_empty_features=True)
            blocks.append(("measured", make_pipeline(filled, StandardScaler()), self.columns))
        judge = LogisticRegression(C=self.options.inverse_regularisation, max_iter=_ITERATIONS)
        return make_pipeline(ColumnTransformer(blocks), judge)

    def _forest(self) -> Any:
        from sklearn.compose import ColumnTransformer
        from sklearn.ensemble import ExtraTreesClassifier
        from sklearn.impute import SimpleImputer
        from sklearn.pipeline import make_pipeline

        filled = SimpleImputer(strategy="median", keep_empty_features=True)
        trees = ExtraTreesClassifier(
            n_estimators=self.options.forest_trees,
            min_samples_leaf=self.options.min_leaf_clips,
            random_state=self.seed,
            n_jobs=1,
        )
        return make_pipeline(ColumnTransformer([("measured", filled, self.columns)]), trees)
