"""The classical student's classifier: trees, a discriminant and words, pooled.

The parts and their weights were chosen with benchmarks/classical_student.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from libra_emo.students.classical.discriminant import Discriminant
from libra_emo.students.classical.forest import Forest
from libra_emo.students.classical.parts import Part
from libra_emo.students.classical.words import Words
from libra_emo.students.options import ClassicalOptions

_FLOOR = 1e-3  # of a part's probability, so that no part alone can rule out a label
_KINDS: dict[str, type[Part]] = {part.kind: part for part in (Forest, Discriminant, Words)}


class Blend:
    """Probabilities of labels from measured columns and, when asked, from the subtitle.

    There are three parts: extremely randomised trees on the columns, every label
    with the same weight; a linear discriminant with a shrunk covariance on the standardised
    columns; a logistic regression on character n-grams of the subtitle. Their probabilities are
    pooled by a weighted geometric mean, in which a label needs the support of all of them.

    Args:
        columns: The measured columns to read.
        with_subtitle: Whether to read the column `subtitle` too.
        options: How to learn.
        seed: Seed of the trees.
    """

    def __init__(
        self, columns: Sequence[str], with_subtitle: bool, options: ClassicalOptions, seed: int
    ) -> None:
        self.columns = list(columns)
        self.with_subtitle = with_subtitle
        self.options = options
        self.seed = seed
        self.seen: list[str] = []
        self._parts: list[tuple[float, Part]] = []

    def fit(self, table: pd.DataFrame, labels: Sequence[str]) -> Self:
        """Train on the rows of a table; if there is only one label, it is always predicted."""
        self.seen = sorted(set(labels))
        chosen = self._choose_parts(table) if len(self.seen) > 1 else []
        whole = sum(weight for weight, _ in chosen)
        with warnings.catch_warnings():
            # a label with one clip has no covariance of its own; that of the others is used
            warnings.filterwarnings("ignore", message="Only one sample available")
            self._parts = [
                (weight / whole, part.fit(table, labels, self.columns, self.options, self.seed))
                for weight, part in chosen
            ]
        return self

    def probabilities(self, table: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
        """Return one row a clip and one column a label; labels that were not learnt get 0."""
        logs = np.zeros((len(table), len(self.seen)))
        for weight, part in self._parts:
            if len(table):
                logs += weight * np.log(np.maximum(part.probabilities(table), _FLOOR))
        found = np.exp(logs - logs.max(axis=1, keepdims=True))
        place = {label: column for column, label in enumerate(labels)}
        result = np.zeros((len(table), len(labels)))
        result[:, [place[label] for label in self.seen]] = found
        total: np.ndarray = result / result.sum(axis=1, keepdims=True)
        return total

    def describe(self) -> dict[str, Any]:
        """Return what `restore` needs beside the arrays, as JSON can hold it."""
        return {"seen": self.seen, "weights": {part.kind: weight for weight, part in self._parts}}

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all numbers that it has learnt, by part and name."""
        return {
            f"{part.kind}.{name}": values
            for _, part in self._parts
            for name, values in part.arrays.items()
        }

    def restore(self, description: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        """Become the model that `describe` and `arrays` were taken from, and return it.

        Raises:
            ValueError: If the arrays are not those of the description.
        """
        self.seen, self._parts = list(description["seen"]), []
        for kind, weight in description["weights"].items():
            named = {
                name.removeprefix(f"{kind}."): values
                for name, values in arrays.items()
                if name.startswith(f"{kind}.")
            }
            part = _KINDS[kind](named, self.columns, self.options)
            if part.labels != len(self.seen):
                raise ValueError(f"the {kind} has {part.labels} labels and not {len(self.seen)}")
            self._parts.append((weight, part))
        return self

    def _choose_parts(self, table: pd.DataFrame) -> list[tuple[float, type[Part]]]:
        """Return the parts that can learn here; if words are the only part, any weight will do."""
        options = self.options
        parts: list[tuple[float, type[Part]]] = []
        if self.columns and options.forest_weight > 0:
            parts.append((options.forest_weight, Forest))
        # the covariance needs more clips than labels
        if self.columns and options.discriminant_weight > 0 and len(table) > len(self.seen):
            parts.append((options.discriminant_weight, Discriminant))
        words = self.with_subtitle and table["subtitle"].str.strip().ne("").any()
        if words and (options.words_weight > 0 or not parts):
            parts.append((options.words_weight or 1.0, Words))
        return parts
