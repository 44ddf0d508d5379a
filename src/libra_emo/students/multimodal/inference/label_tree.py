"""The labels' tokens as a tree: what several labels begin with stands there once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROOT = 0  # the end of the request, at which each label begins


@dataclass(frozen=True)
class LabelTree:
    """Tokens that are read after a request so that all labels' probabilities can be told.

    Nodes are numbered from 1; 0 stands for the end of the request.

    Attributes:
        tokens: Of each node.
        lines: The nodes from the root to each node, itself included.
        steps: For each label, from which node which token is told; the last token of a label is
            told and never read.
    """

    tokens: list[int]
    lines: list[list[int]]
    steps: list[list[tuple[int, int]]]

    @property
    def depths(self) -> list[int]:
        """How many tokens after the request each node comes, the first ones being 1."""
        return [len(line) for line in self.lines]


def grow_tree(labels: Sequence[Sequence[int]]) -> LabelTree:
    """Return the tree of some labels' tokens, each with its terminator."""
    tree = LabelTree([], [], [])
    known: dict[tuple[int, ...], int] = {(): ROOT}
    for tokens in labels:
        steps = []
        for place, token in enumerate(tokens):
            start = tuple(tokens[:place])
            if start not in known:
                known[start] = len(tree.tokens) + 1
                tree.tokens.append(tokens[place - 1])
                above = known[start[:-1]]
                line = [] if above == ROOT else tree.lines[above - 1]
                tree.lines.append([*line, known[start]])
            steps.append((known[start], token))
        tree.steps.append(steps)
    return tree
