"""Large columns of texts as numbers."""

import numpy as np
import pandas as pd
import pytest

from libra_emo.common.columns import texts as columns


@pytest.mark.parametrize("dtype", ["str", "object"])
@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["b"],
        ["b", "a", "b", "中", "a"],
        [*"aaaabbbbbaacccc"],
        ["a", "b", "中"],
        [*"aaabbbcccddd"],
        [*"aaabbbcccaaa"],
        ["A" * 9, "A" * 10, *"bbbbbbbbbbbbb"],
    ],
)
def test_rows_are_places_in_the_texts(texts, dtype, monkeypatch):
    column = pd.Series(texts, dtype=dtype, name="label")
    for large in (columns.LARGE, 0):
        monkeypatch.setattr(columns, "LARGE", large)
        monkeypatch.setattr(columns, "SAMPLE", large or 3)
        for found in columns.encode_all([column, column]):
            assert found.texts.tolist() == list(dict.fromkeys(texts))
            assert found.texts[found.places].tolist() == texts
            assert found.places.dtype == np.int64


def test_a_missing_text_is_an_error():
    with pytest.raises(ValueError, match="missing"):
        columns.encode_texts(pd.Series(["a", None], dtype="str", name="label"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [([], True), (["b"], True), (["a", "b", "中"], True), (["b", "a"], False)],
)
def test_order_is_that_of_pandas(texts, expected):
    assert columns.is_sorted(pd.Index(texts, dtype="str")) is expected
    assert (sorted(texts) == texts) is expected
