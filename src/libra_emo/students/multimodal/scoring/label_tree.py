"""The labels' tokens as a tree: a beginning that several labels share stands there once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROOT = 0  # the end of the request, at which each label begins


@dataclass(frozen=True)
class LabelTree:
    """Tokens that are read after a request to get the probabilities of all labels.

    Nodes are numbered from 1; 0 stands for the end of the request.

    Attributes:
        tokens: Token of each node.
        paths: Nodes from the root to each node, itself included.
        steps: For each label, pairs of a node and the token that is predicted there; the last
            token of a label is predicted and never read.
    """

    tokens: list[int]
    paths: list[list[int]]
    steps: list[list[tuple[int, int]]]

    @property
    def depths(self) -> list[int]:
        """How many tokens after the request each node comes, the first ones being 1."""
        return [len(path) for path in self.paths]


def build_tree(labels: Sequence[Sequence[int]]) -> LabelTree:
    """Return the tree of some labels' tokens, each with its terminator."""
    tree = LabelTree([], [], [])
    known: dict[tuple[int, ...], int] = {(): ROOT}
    for tokens in labels:
        steps = []
        for place, token in enumerate(tokens):
            prefix = tuple(tokens[:place])
            if prefix not in known:
                known[prefix] = len(tree.tokens) + 1
                tree.tokens.append(tokens[place - 1])
                parent = known[prefix[:-1]]
                path = [] if parent == ROOT else tree.paths[parent - 1]
                tree.paths.append([*path, known[prefix]])
            steps.append((known[prefix], token))
        tree.steps.append(steps)
    return tree
