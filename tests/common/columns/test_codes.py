import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.columns.codes import encode, first_repeated, hold_same, is_among

TEXTS = st.sampled_from(["b", "a", "ä", "Z", ""])
ROWS = st.lists(st.tuples(TEXTS, TEXTS))


@pytest.mark.parametrize("dtype", ["str", "category"])
@given(rows=ROWS)
def test_the_first_repeated_row_is_the_first_of_pandas(
    dtype: str, rows: list[tuple[str, str]]
) -> None:
    table = pd.DataFrame(rows, columns=["one", "other"]).astype(dtype)
    again = table.duplicated().to_numpy()
    expected = int(np.flatnonzero(again)[0]) if again.any() else None
    assert first_repeated(table["one"], table["other"]) == expected


def test_codes_name_the_values_in_their_order() -> None:
    codes, names = encode(pd.Series(pd.Categorical(["b", "a", "b"], ["c", "b", "a"])))
    assert list(names[codes]) == ["b", "a", "b"]
    assert list(names) == ["a", "b", "c"]


@given(column=st.lists(TEXTS | st.none()), values=st.lists(TEXTS))
def test_membership_is_that_of_pandas(column: list[str | None], values: list[str]) -> None:
    series = pd.Series(column, dtype="str")
    assert list(is_among(series, values)) == list(series.isin(values))
    assert list(is_among(series.astype("category"), values)) == list(series.isin(values))


@given(one=st.lists(TEXTS), other=st.lists(TEXTS))
def test_only_equal_sets_hold_the_same(one: list[str], other: list[str]) -> None:
    unique = len(set(one)) == len(one)
    assert hold_same(one, other) == (unique and sorted(one) == sorted(other))
