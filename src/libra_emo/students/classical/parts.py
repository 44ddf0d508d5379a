"""The parts of the classical student's classifier, each as the arrays that it has learnt.

scikit-learn trains a part. The part keeps the learnt arrays and computes with them exactly what
scikit-learn would. So a saved student depends on no class of any library, and a part that was
just trained predicts the same as one that was loaded, to the last bit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from libra_emo.students.options import ClassicalOptions


class Part(ABC):
    """A trained classifier.

    Args:
        arrays: Learnt arrays, under the names of `names`.
        columns: The measured columns that it reads.
        options: How the student learns.

    Raises:
        ValueError: If the arrays do not fit together.
    """

    kind: ClassVar[str]
    names: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        arrays: Mapping[str, np.ndarray],
        columns: Sequence[str],
        options: ClassicalOptions,
    ) -> None:
        if set(arrays) != set(self.names):
            raise ValueError(f"a {self.kind} consists of the arrays {', '.join(self.names)}")
        self.arrays = dict(arrays)
        self.columns = list(columns)
        self.options = options
        self.check()

    @classmethod
    @abstractmethod
    def fit(
        cls,
        table: pd.DataFrame,
        labels: Sequence[str],
        columns: Sequence[str],
        options: ClassicalOptions,
        seed: int,
    ) -> Self:
        """Return the part trained on the rows of a table."""

    @abstractmethod
    def check(self) -> None:
        """Raise unless the arrays fit together.

        Raises:
            ValueError: If one does not fit; the message names it.
        """

    @property
    @abstractmethod
    def labels(self) -> int:
        """Number of labels that it distinguishes."""

    @abstractmethod
    def probabilities(self, table: pd.DataFrame) -> np.ndarray:
        """Return one row a clip and one column a label that was seen."""


def fit_medians(table: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Return the median of each measured column, 0 where nothing was ever measured."""
    from sklearn.impute import SimpleImputer

    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    medians: np.ndarray = imputer.fit(table[list(columns)]).statistics_
    return medians


def fill_gaps(table: pd.DataFrame, columns: Sequence[str], medians: np.ndarray) -> np.ndarray:
    """Return the measured columns with medians where nothing was measured, as floats."""
    values = table[list(columns)].to_numpy(dtype=float)
    return np.where(np.isnan(values), medians, values)


def shares_of(scores: np.ndarray) -> np.ndarray:
    """Return the probabilities of a linear classifier's scores.

    Args:
        scores: One row a clip and one column a label; for two labels one column alone, the score
            of the second.
    """
    from scipy.special import expit

    if scores.shape[1] == 1:
        second = expit(scores[:, 0])
        return np.column_stack([1 - second, second])
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def check_shape(name: str, values: np.ndarray, *shape: int) -> None:
    """Raise unless an array has a shape.

    Raises:
        ValueError: If it has another shape; the message names the array.
    """
    if values.shape != shape:
        raise ValueError(f"{name} has the shape {values.shape} and not {shape}")
