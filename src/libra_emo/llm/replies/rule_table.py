"""Counts of the rules that the reply reader applied, with an example of each."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from libra_emo.llm.replies.reader import Reply

EXAMPLE_LENGTH = 90
COLUMNS = ("status", "rule", "replies", "right", "example")


def count_rules(
    readings: Iterable[tuple[str, Reply]], right: Iterable[bool] | None = None
) -> pd.DataFrame:
    """Return a row for each status and rule: number of replies, number right, and the first one.

    A reply to which several rules were applied counts for each of them. A reply without a rule
    counts under `-`.

    Args:
        readings: Raw replies and their readings.
        right: For each reply, whether the label agrees with people's; None if that is not known.
    """
    pairs = list(readings)
    marks: list[bool | None] = [None] * len(pairs) if right is None else list(right)
    rows = [
        {"status": reply.status, "rule": rule, "right": mark, "example": _shorten(raw)}
        for (raw, reply), mark in zip(pairs, marks, strict=True)
        for rule in (reply.rules or ("-",))
    ]
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.DataFrame(rows).groupby(["status", "rule"], as_index=False)
    counted = table.agg(
        replies=("example", "size"), right=("right", "sum"), example=("example", "first")
    )
    if right is None:
        counted["right"] = None
    return counted.sort_values(
        ["status", "replies", "rule"], ascending=[True, False, True], ignore_index=True
    )[list(COLUMNS)]


def to_markdown(table: pd.DataFrame) -> str:
    """Return a table of rules as Markdown."""
    shown = table if table["right"].notna().any() else table.drop(columns="right")
    lines = ["| " + " | ".join(shown.columns) + " |", "| " + "--- | " * len(shown.columns)]
    for row in shown.itertuples(index=False):
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _shorten(text: str) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= EXAMPLE_LENGTH else text[: EXAMPLE_LENGTH - 1] + "…"
