"""A linear discriminant on the standardised columns, its covariance shrunk (Ledoit and Wolf)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd

from libra_emo.students.classical.parts import (
    Part,
    check_shape,
    fill_gaps,
    fit_medians,
    shares_of,
)
from libra_emo.students.options import ClassicalOptions


class Discriminant(Part):
    """A linear classifier; with two labels `weights` and `intercept` are those of the second."""

    kind = "discriminant"
    names = ("medians", "mean", "scale", "weights", "intercept")

    @classmethod
    def fit(
        cls,
        table: pd.DataFrame,
        labels: Sequence[str],
        columns: Sequence[str],
        options: ClassicalOptions,
        seed: int,
    ) -> Self:
        """Return the discriminant that was trained on the rows of a table; nothing is random."""
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.preprocessing import StandardScaler

        medians = fit_medians(table, columns)
        scaler = StandardScaler()
        values = scaler.fit_transform(fill_gaps(table, columns, medians))
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(
            values, list(labels)
        )
        arrays = {
            "medians": medians,
            "mean": scaler.mean_,
            "scale": scaler.scale_,
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
        values = fill_gaps(table, self.columns, self.arrays["medians"])
        values = (values - self.arrays["mean"]) / self.arrays["scale"]
        return shares_of(values @ self.arrays["weights"].T + self.arrays["intercept"])

    def check(self) -> None:
        """Raise unless every column has its weights.

        Raises:
            ValueError: If one has not; the message names the array.
        """
        columns = len(self.columns)
        for name in ("medians", "mean", "scale"):
            check_shape(name, self.arrays[name], columns)
        rows = len(self.arrays["intercept"])
        check_shape("weights", self.arrays["weights"], rows, columns)
