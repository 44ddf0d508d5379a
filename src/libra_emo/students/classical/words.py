"""A logistic regression on the runs of characters of the subtitle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from libra_emo.students.classical.parts import Part, check_shape, shares_of
from libra_emo.students.options import ClassicalOptions

_ITERATIONS = 500


class Words(Part):
    """A linear classifier; `terms` are the runs of characters as JSON text in UTF-8.

    With two labels `weights` and `intercept` are those of the second.
    """

    kind = "words"
    names = ("terms", "idf", "weights", "intercept")

    @classmethod
    def fit(
        cls,
        table: pd.DataFrame,
        labels: Sequence[str],
        columns: Sequence[str],
        options: ClassicalOptions,
        seed: int,
    ) -> Self:
        """Return the regression that was trained on the rows of a table; nothing is random."""
        from sklearn.linear_model import LogisticRegression

        counts = _count_terms(options)
        values = counts.fit_transform(table["subtitle"])
        model = LogisticRegression(C=options.inverse_regularisation, max_iter=_ITERATIONS)
        model.fit(values, list(labels))
        text = json.dumps([str(term) for term in counts.get_feature_names_out()])
        arrays = {
            "terms": np.frombuffer(text.encode(), dtype=np.uint8),
            "idf": counts.idf_,
            "weights": model.coef_,
            "intercept": model.intercept_,
        }
        return cls(arrays, columns, options)

    @property
    def labels(self) -> int:
        """Number of labels that it distinguishes."""
        return max(2, len(self.arrays["weights"]))

    def probabilities(self, table: pd.DataFrame) -> np.ndarray:
        """Return one row a clip and one column a label that was seen."""
        values = self._counts.transform(table["subtitle"])
        return shares_of(values @ self.arrays["weights"].T + self.arrays["intercept"])

    def check(self) -> None:
        """Raise unless every term has its weights.

        Raises:
            ValueError: If one has not; the message names the array.
        """
        terms = len(self._terms)
        check_shape("idf", self.arrays["idf"], terms)
        rows = len(self.arrays["intercept"])
        check_shape("weights", self.arrays["weights"], rows, terms)

    @cached_property
    def _terms(self) -> list[str]:
        terms = json.loads(self.arrays["terms"].tobytes())
        if not isinstance(terms, list):
            raise ValueError("terms is no list")
        return terms

    @cached_property
    def _counts(self) -> Any:
        counts = _count_terms(self.options, vocabulary=self._terms)
        counts.idf_ = self.arrays["idf"]
        return counts


def _count_terms(options: ClassicalOptions, **known: Any) -> Any:
    """Return what turns subtitles into weighted counts of their runs of characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    sizes = (options.min_ngram_characters, options.max_ngram_characters)
    return TfidfVectorizer(analyzer="char_wb", ngram_range=sizes, sublinear_tf=True, **known)
