"""Themes and languages counted toward the numbers of films that are wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from libra_emo.collection.archive import FETCHED
from libra_emo.collection.options import CollectionTargets


class Tally:
    """How many films of each theme and language there are.

    Args:
        targets: How many are wanted.
        records: Records of the films that are there.
    """

    def __init__(self, targets: CollectionTargets, records: Iterable[Mapping[str, Any]]) -> None:
        self._targets = {"theme": targets.themes, "language": targets.languages}
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in self._targets}
        for record in records:
            self.add(record)

    def add(self, record: Mapping[str, Any]) -> None:
        """Count a film that was fetched."""
        if record["status"] == FETCHED:
            for name, counts in self._counts.items():
                counts[record.get(name) or "unknown"] += 1

    def explain_enough(self, facts: Mapping[str, Any]) -> str | None:
        """Return why one more film of a theme and language is not wanted; None if it is."""
        for name, targets in self._targets.items():
            value = facts.get(name) or "unknown"
            wanted = targets.get(value)
            if wanted is not None and self._counts[name][value] >= wanted:
                return f"there are {wanted} films of the {name} {value}, as many as are wanted"
        return None

    def tabulate(self) -> pd.DataFrame:
        """Return a row a theme and language: kind, name, films, target (null if there is none)."""
        rows = [
            {
                "kind": name,
                "name": value,
                "films": self._counts[name][value],
                "target": targets.get(value),
            }
            for name, targets in self._targets.items()
            for value in sorted({*self._counts[name], *targets})
        ]
        table = pd.DataFrame(rows, columns=["kind", "name", "films", "target"])
        return table.astype({"films": "int64", "target": "Int64"})
