from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.common.tally import tally

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["b", "a", "ä", "Z"]), st.sampled_from(["sad", "angry", "other", None])
    )
)


def make_columns(rows: list[tuple[str, str | None]], kind: str) -> tuple[pd.Series, pd.Series]:
    table = pd.DataFrame(rows, columns=["item", "answer"]).astype("str")
    table["answer"] = table["answer"].where(table["answer"].notna(), None)
    if kind == "categorical":  # categories in no order, and some that no row has
        table["item"] = pd.Categorical(table["item"], ["none", "Z", "b", "ä", "a"])
        table["answer"] = pd.Categorical(table["answer"], ["sad", "unused", "other", "angry"])
    return table["item"], table["answer"]


@pytest.mark.parametrize("kind", ["text", "categorical"])
@given(rows=ROWS)
def test_it_counts_what_a_loop_counts(kind: str, rows: list[tuple[str, str | None]]) -> None:
    result = tally(*make_columns(rows, kind))
    expected = []
    for item in sorted({item for item, _ in rows}):
        counts = Counter(answer for name, answer in rows if name == item and answer)
        most = max(counts.values(), default=0)
        leading = sorted(answer for answer, count in counts.items() if count == most)
        expected.append((item, *leading[:1], most, len(leading), counts.total()))
    found = zip(*(list(column) for column in result), strict=True)
    assert [tuple(part for part in row if not pd.isna(part)) for row in found] == expected
