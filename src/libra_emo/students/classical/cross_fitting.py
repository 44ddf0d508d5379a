"""Cross-fitting: a model of all clips, and one for each fold of films without that fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import pandas as pd

from libra_emo.students.classical.blend import Blend
from libra_emo.students.folds import assign_folds

_FULL = -1  # stands for the model of all clips where folds have their numbers


class CrossFitted:
    """Predicts a training clip by a model that did not learn its film, others by that of all films.

    If all training clips are of one film, each clip is a group of its own.

    Args:
        build: Function that returns an untrained model.
        folds: Number of folds of films; 0 for none.
    """

    def __init__(self, build: Callable[[], Blend], folds: int) -> None:
        self.full = build()
        self.grouped_by = "source_id"
        self._untrained = [build() for _ in range(folds)]
        self.folds: list[Blend] = []
        self._fold_of: dict[str, int] = {}

    def fit(self, clips: pd.DataFrame) -> Self:
        """Train on clips with the columns source_id, clip_id and label."""
        with _one_thread():
            self.full.fit(clips, clips["label"].tolist())
            self.grouped_by = "source_id" if clips["source_id"].nunique() > 1 else "clip_id"
            groups = clips[self.grouped_by]
            count = min(len(self._untrained), groups.nunique())
            self._fold_of = assign_folds(groups, count) if count > 1 else {}
            fold = groups.map(self._fold_of)
            for number in range(count if count > 1 else 0):
                others = clips[fold != number]
                self.folds.append(self._untrained[number].fit(others, others["label"].tolist()))
        self._untrained = []
        return self

    def probabilities(
        self, clips: pd.DataFrame, labels: Sequence[str], cross_fitted: bool
    ) -> np.ndarray:
        """Return one row a clip and one column a label; `clips` has an index from 0."""
        found = np.zeros((len(clips), len(labels)))
        fold = np.full(len(clips), _FULL)
        if cross_fitted:
            known = clips[self.grouped_by].map(self._fold_of)
            fold = known.fillna(_FULL).to_numpy(dtype=int)
        with _one_thread():
            for number, model in [(_FULL, self.full), *enumerate(self.folds)]:
                own = fold == number
                if own.any():
                    found[own] = model.probabilities(clips[own], labels)
        return found

    def describe(self) -> dict[str, Any]:
        """Return what `restore` needs beside the arrays, as JSON can hold it."""
        return {
            "grouped_by": self.grouped_by,
            "fold_of": self._fold_of,
            "models": {name: model.describe() for name, model in self._named().items()},
        }

    def arrays(self) -> dict[str, dict[str, np.ndarray]]:
        """Return all numbers that were learnt, by model and name."""
        return {name: model.arrays() for name, model in self._named().items()}

    def restore(
        self, description: Mapping[str, Any], arrays: Mapping[str, Mapping[str, np.ndarray]]
    ) -> Self:
        """Become the models that `describe` and `arrays` were taken from, and return them.

        Raises:
            ValueError: If the arrays are not those of the description.
        """
        self.grouped_by = description["grouped_by"]
        self._fold_of = dict(description["fold_of"])
        self.folds = self._untrained[: len(description["models"]) - 1]
        self._untrained = []
        for name, model in self._named().items():
            model.restore(description["models"][name], arrays.get(name, {}))
        return self

    def _named(self) -> dict[str, Blend]:
        return {"full": self.full} | {
            f"fold_{number}": model for number, model in enumerate(self.folds)
        }


@contextmanager
def _one_thread() -> Iterator[None]:
    """Limit the linear algebra to one thread, so that its sums have one order."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        yield
