"""What all tables have in common."""

from __future__ import annotations

import pandera.pandas as pa

from libra_emo.errors import LibraEmoError


class TableError(LibraEmoError):
    """A table does not have the columns or values that its contract promises."""


class Table(pa.DataFrameModel):
    """A table with these columns and no others, in this order."""

    class Config:
        """Unknown columns are errors, and types are converted."""

        strict = True
        ordered = False
        coerce = True
