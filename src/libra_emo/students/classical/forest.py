"""Extremely randomised trees on the measured columns (Geurts et al. 2006)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from libra_emo.students.classical.parts import Part, check_shape, fill_gaps, fit_medians
from libra_emo.students.options import ClassicalOptions

_LEAF = -1


class Forest(Part):
    """A forest of trees, trained with the same total weight for every label.

    The nodes of all trees are concatenated. `roots` has each tree's first node; `feature`,
    `threshold`, `left` and `right` have one value a node. A leaf has -1 in `left`, and in `right`
    its row of `leaf_shares`.
    """

    kind = "forest"
    names = ("medians", "roots", "feature", "threshold", "left", "right", "leaf_shares")

    @classmethod
    def fit(
        cls,
        table: pd.DataFrame,
        labels: Sequence[str],
        columns: Sequence[str],
        options: ClassicalOptions,
        seed: int,
    ) -> Self:
        """Return the trees that were trained on the rows of a table."""
        from sklearn.ensemble import ExtraTreesClassifier

        medians = fit_medians(table, columns)
        trees = ExtraTreesClassifier(
            n_estimators=options.forest_trees,
            min_samples_leaf=options.min_leaf_clips,
            class_weight="balanced",
            random_state=seed,
            n_jobs=1,
        ).fit(fill_gaps(table, columns, medians), list(labels))
        nodes = _join_trees([tree.tree_ for tree in trees.estimators_])
        return cls({"medians": medians, **nodes}, columns, options)

    @property
    def labels(self) -> int:
        """Number of labels that it distinguishes."""
        return int(self.arrays["leaf_shares"].shape[1])

    def probabilities(self, table: pd.DataFrame) -> np.ndarray:
        """Return the mean of the trees' shares, one row a clip and one column a label."""
        # scikit-learn's trees compare features in single precision, which can decide a comparison
        values = fill_gaps(table, self.columns, self.arrays["medians"]).astype(np.float32)
        total = np.zeros((len(values), self.labels))
        for root in self.arrays["roots"]:
            total += self.arrays["leaf_shares"][self._find_leaves(values, root)]
        total /= len(self.arrays["roots"])
        return total

    def check(self) -> None:
        """Raise unless every node leads further down and every leaf to its shares.

        Raises:
            ValueError: If a node or a root is wrong.
        """
        if self.arrays["leaf_shares"].ndim != 2 or self.arrays["roots"].ndim != 1:
            raise ValueError("leaf_shares is no table, or roots is no row")
        for name in ("roots", "feature", "left", "right"):
            if self.arrays[name].dtype.kind != "i":
                raise ValueError(f"{name} holds something else than whole numbers")
        nodes, leaves = len(self.arrays["left"]), len(self.arrays["leaf_shares"])
        for name in ("feature", "threshold", "right"):
            check_shape(name, self.arrays[name], nodes)
        check_shape("medians", self.arrays["medians"], len(self.columns))
        left, right, feature = (self.arrays[name] for name in ("left", "right", "feature"))
        own = np.arange(nodes)
        inner = left != _LEAF
        down = (left > own) & (left < nodes) & (right > own) & (right < nodes)
        reads = (feature >= 0) & (feature < len(self.columns))
        if not np.where(inner, down & reads, (right >= 0) & (right < leaves)).all():
            raise ValueError("a node of a tree leads nowhere")
        roots = self.arrays["roots"]
        if not len(roots) or roots.min() < 0 or roots.max() >= nodes:
            raise ValueError("a tree has no root")

    def _find_leaves(self, values: np.ndarray, root: int) -> np.ndarray:
        """Return the row of `leaf_shares` of the leaf that each clip reaches in a tree."""
        left, right = self.arrays["left"], self.arrays["right"]
        feature, threshold = self.arrays["feature"], self.arrays["threshold"]
        node = np.full(len(values), root)
        moving = np.arange(len(values))
        while len(moving := moving[left[node[moving]] != _LEAF]):
            place = node[moving]
            goes_left = values[moving, feature[place]] <= threshold[place]
            node[moving] = np.where(goes_left, left[place], right[place])
        found: np.ndarray = right[node]
        return found


def _join_trees(trees: Sequence[Any]) -> dict[str, np.ndarray]:
    """Return the concatenated nodes of scikit-learn's trees, see `Forest`."""
    counts = [tree.node_count for tree in trees]
    roots = np.concatenate([[0], np.cumsum(counts)[:-1]])
    offsets = np.repeat(roots, counts)
    left = np.concatenate([tree.children_left for tree in trees])
    right = np.concatenate([tree.children_right for tree in trees])
    leaf = left == _LEAF
    rows = np.cumsum(leaf) - 1
    shares = np.concatenate([tree.value[:, 0, :] for tree in trees])
    return {
        "roots": roots.astype(np.int32),
        "feature": np.concatenate([tree.feature for tree in trees]).astype(np.int32),
        "threshold": np.concatenate([tree.threshold for tree in trees]),
        "left": np.where(leaf, _LEAF, left + offsets).astype(np.int32),
        "right": np.where(leaf, rows, right + offsets).astype(np.int32),
        "leaf_shares": shares[leaf],
    }
