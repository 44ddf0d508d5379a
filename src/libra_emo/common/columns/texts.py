"""Large columns of texts as numbers, in the order in which the texts come."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LARGE: Final = 100_000  # rows from which a second thread is worth its start
SAMPLE: Final = 10_000  # first rows, which say whether it is worth looking for runs


class Codes(NamedTuple):
    """A column of texts as numbers.

    Attributes:
        places: Place of each row's text in `texts`.
        texts: Every text once, in the order of the first rows that have it.
    """

    places: NDArray[np.int64]
    texts: pd.Index


def encode_texts(column: pd.Series) -> Codes:
    """Return a column of texts, of which none is missing, as numbers.

    Raises:
        ValueError: If a text is missing.
    """
    import pyarrow as pa

    texts = pa.array(column, type=pa.large_string(), from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if texts.null_count:
        raise ValueError(f"column {column.name!r} has missing values")
    starts = _find_runs(texts)
    # equal texts that follow each other are looked up once
    runs = texts if starts is None else texts.take(pa.array(starts))
    if _ascends(runs):  # so each is there once
        places, found = np.arange(len(runs)), runs
    else:
        encoded = runs.dictionary_encode()
        places = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        found = encoded.dictionary
    if starts is not None:
        places = np.repeat(places, np.diff(starts, append=len(texts)))
    return Codes(places, pd.Index(pd.array(found, dtype="str")))


def _find_runs(texts: Any) -> NDArray[np.int64] | None:
    """Return where other texts begin in a large column, or None if most rows begin one."""
    if len(texts) < max(1, LARGE) or _count_starts(texts[:SAMPLE]) > SAMPLE // 2:
        return None
    starts = np.flatnonzero(np.concatenate([[True], _differ(texts)]))
    return starts if len(starts) <= len(texts) // 2 else None


def _count_starts(texts: Any) -> int:
    return 1 + int(np.count_nonzero(_differ(texts)))


def _differ(texts: Any) -> NDArray[np.bool_]:
    """Return whether each text but the first is another one than the text before it."""
    import pyarrow.compute as pc

    differ: NDArray[np.bool_] = pc.not_equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    return differ


def _ascends(texts: Any) -> bool:
    """Return whether each text is greater than the one before it."""
    import pyarrow.compute as pc

    ascends = pc.less(texts[:SAMPLE][:-1], texts[:SAMPLE][1:])
    if not pc.all(ascends, min_count=0).as_py():
        return False  # mostly the first rows say so
    return bool(pc.all(pc.less(texts[:-1], texts[1:]), min_count=0).as_py())


def encode_all(columns: Sequence[pd.Series]) -> list[Codes]:
    """Return several columns as numbers; the work on large ones is done in several threads."""
    if len(columns[0]) < LARGE:
        return [encode_texts(column) for column in columns]
    with ThreadPoolExecutor(len(columns)) as pool:
        return list(pool.map(encode_texts, columns))


def is_sorted(texts: pd.Index) -> bool:
    """Return whether texts, each of which occurs once, are in their order."""
    import pyarrow as pa

    return _ascends(pa.array(texts.array))
