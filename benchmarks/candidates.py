"""The classifiers that benchmarks/classical_student.py compares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    StackingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from libra_emo.students import ClassicalOptions
from libra_emo.students.classical.blend import Blend
from libra_emo.students.training_table import choose_columns
from libra_emo.taxonomy import Taxonomy

FIRST_VERSION = "first version"
FLOOR = 1e-3  # minimum of a factor in a product, so that no part alone excludes a label


class Learner(Protocol):
    """The interface of the blend and of every candidate."""

    def fit(self, table: pd.DataFrame, labels: Sequence[str]) -> Any:
        """Train on the clips of a table."""

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return an array with one row for each clip and one column for each label."""


class Single:
    """A pipeline of scikit-learn on measured columns, and optionally on n-grams of the words."""

    def __init__(self, columns: list[str], *steps: Any, words: bool = False) -> None:
        filled = make_pipeline(
            SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
        )
        blocks: list[tuple[str, Any, Any]] = [("measured", filled, columns)]
        if words:
            grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
            blocks.append(("subtitle", grams, "subtitle"))
        self.model: Pipeline = make_pipeline(ColumnTransformer(blocks), *steps)

    def fit(self, table: pd.DataFrame, labels: Sequence[str]) -> None:
        """Train on the clips of a table."""
        self.model.fit(table, list(labels))

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return an array with one row for each clip and one column for each label."""
        if hasattr(self.model, "predict_proba"):
            shares = self.model.predict_proba(table)
        else:
            shares = softmax(self.model.decision_function(table), axis=1)
        found = pd.DataFrame(shares, columns=self.model.classes_)
        return found.reindex(columns=list(labels), fill_value=0.0).to_numpy()


class Average:
    """Several learners, whose probabilities are averaged by weight."""

    def __init__(self, *parts: tuple[float, Learner]) -> None:
        self.parts = parts

    def fit(self, table: pd.DataFrame, labels: Sequence[str]) -> None:
        """Train each part."""
        for _, part in self.parts:
            part.fit(table, labels)

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return an array with one row for each clip and one column for each label."""
        found = [weight * part.probabilities(table, labels) for weight, part in self.parts]
        return np.sum(found, axis=0)


class Product(Average):
    """Several learners, whose probabilities are multiplied, each to the power of its weight."""

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return an array with one row for each clip and one column for each label."""
        logs = [
            weight * np.log(np.maximum(part.probabilities(table, labels), FLOOR))
            for weight, part in self.parts
        ]
        found = np.exp(np.sum(logs, axis=0))
        return found / found.sum(axis=1, keepdims=True)


class Smoothed:
    """A learner for which a share of each clip counts for labels with the same coarse parent."""

    def __init__(self, single: Single, taxonomy: Taxonomy, share: float) -> None:
        self.single, self.coarse, self.share = single, taxonomy.coarse_of, share

    def fit(self, table: pd.DataFrame, labels: Sequence[str]) -> None:
        """Train on weighted copies of the clips."""
        copies = []
        for row, label in enumerate(labels):
            near = [
                other
                for other in sorted(set(labels))
                if other != label and self.coarse[other] == self.coarse[label]
            ]
            copies.append((row, label, 1 - self.share if near else 1.0))
            copies += [(row, other, self.share / len(near)) for other in near]
        rows, kinds, weights = zip(*copies, strict=True)
        last = self.single.model.steps[-1][0]
        self.single.model.fit(
            table.iloc[list(rows)], list(kinds), **{f"{last}__sample_weight": np.array(weights)}
        )

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return an array with one row for each clip and one column for each label."""
        return self.single.probabilities(table, labels)


def make_candidates(
    features: pd.DataFrame, taxonomy: Taxonomy, seed: int
) -> dict[str, Callable[[], Learner]]:
    """Return name → factory of an untrained candidate; the first is the first version."""
    every = choose_columns(features, "VAT")
    by_modality = [choose_columns(features, letter) for letter in "VAT"]

    def pooled(**options: Any) -> Callable[[], Learner]:
        return lambda: Blend(every, True, ClassicalOptions(**options), seed)

    def averaged(inverse: float, share: float, **forest: Any) -> Callable[[], Learner]:
        return lambda: Average(
            (1 - share, Single(every, LogisticRegression(C=inverse, max_iter=500), words=True)),
            (share, Single(every, trees(**forest))),
        )

    def logistic() -> LogisticRegression:
        return LogisticRegression(C=0.1, max_iter=500)

    def best() -> tuple[VarianceThreshold, SelectKBest]:
        return VarianceThreshold(), SelectKBest(f_classif, k=40)

    def lda() -> LinearDiscriminantAnalysis:
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")

    def trees(count: int = 200, leaf: int = 2, balance: str | None = "balanced") -> Any:
        return ExtraTreesClassifier(
            count, min_samples_leaf=leaf, class_weight=balance, random_state=seed
        )

    def boosted() -> HistGradientBoostingClassifier:
        return HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=8, min_samples_leaf=5, random_state=seed
        )

    stacked = [("logistic", logistic()), ("trees", trees(100)), ("lda", lda())]
    return {
        FIRST_VERSION: averaged(1.0, 0.5, count=100, balance=None),
        "C 0.1": averaged(0.1, 0.5, count=100, balance=None),
        "C 0.1, balanced": averaged(0.1, 0.5, count=100),
        "C 0.1, balanced, 200 trees, weight 0.7": averaged(0.1, 0.7),
        "C 0.1, balanced, 200 trees, weight 0.7, leaves of 3": averaged(0.1, 0.7, leaf=3),
        "the student as it ships": pooled(),
        "the same, no words": pooled(words_weight=0.0),
        "the same, more words": pooled(words_weight=0.5),
        "the same, leaves of 2": pooled(min_leaf_clips=2),
        "the same, discriminant 0.6": pooled(discriminant_weight=0.6),
        "balanced trees alone": lambda: Single(every, trees()),
        "logistic alone, no words": lambda: Single(every, logistic()),
        "logistic, 40 best columns": lambda: Single(every, *best(), logistic()),
        "logistic, smoothed by parent": lambda: Smoothed(Single(every, logistic()), taxonomy, 0.2),
        "LDA": lambda: Single(every, lda()),
        "LDA, 40 best columns": lambda: Single(every, *best(), lda()),
        "balanced trees a modality, product": lambda: Product(
            *((1.0, Single(columns, trees(100))) for columns in by_modality)
        ),
        "LDA a modality, product": lambda: Product(
            *((1.0, Single(columns, lda())) for columns in by_modality)
        ),
        "SVM": lambda: Single(every, SVC(C=2.0)),
        "boosted trees": lambda: Single(every, boosted()),
        "stacked": lambda: Single(every, StackingClassifier(stacked, logistic(), cv=3)),
    }
