"""Texts in CSV files that people open in a spreadsheet: none of them is run as a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

GUARD: Final = "'"  # as spreadsheets write it themselves before a text that is no formula
_BEGINNINGS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?|[+-]?(inf|nan)", re.IGNORECASE
)


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet could take a text as a formula; a number is none."""
    bare = text.lstrip(" \t\r\n\v\f\u00a0\ufeff\u200b\0")
    return bare.startswith(_BEGINNINGS) and not _NUMBER.fullmatch(bare.strip())


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes as a formula: one that could be gets an apostrophe.

    A text that already begins with guards before a formula gets one more, so that `unguard` gives
    back every text.
    """
    return GUARD + text if is_formula(text.lstrip(GUARD)) else text


def unguard(text: str) -> str:
    """Return the text that `guard` was given."""
    guarded = text.startswith(GUARD) and is_formula(text.lstrip(GUARD))
    return text.removeprefix(GUARD) if guarded else text


def guard_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts and column names are guarded, to be written as CSV."""
    return _change_texts(table, guard)


def unguard_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table that `guard_table` was given, after it was read from CSV."""
    return _change_texts(table, unguard)


def _change_texts(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    changed = {
        change(name) if isinstance(name, str) else name: table[name].map(
            lambda cell: change(cell) if isinstance(cell, str) else cell
        )
        if table[name].dtype.kind == "O" or str(table[name].dtype) in ("str", "string", "category")
        else table[name]
        for name in table.columns
    }
    return type(table)(changed, index=table.index)
