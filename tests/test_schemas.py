import pandas as pd
import pytest

from libra_emo import schemas
from libra_emo.schemas import TableError, check, check_labels, empty
from libra_emo.taxonomy import read_taxonomy

LABEL = {"clip_id": "a", "label": "sad", "origin": "people", "support": 2, "votes": 4, "round": 0}


def labels(**changes):
    return pd.DataFrame([{**LABEL, **changes}])


@pytest.mark.parametrize("schema", schemas.SCHEMAS.values(), ids=lambda schema: schema.__name__)
def test_every_schema_has_an_empty_table(schema):
    table = empty(schema)
    assert len(table) == 0
    assert check(table, schema).equals(table)


def test_columns_come_in_the_contracts_order():
    table = check(labels()[sorted(LABEL)], schemas.RoundLabels)
    assert list(table.columns) == ["clip_id", "label", "origin", "support", "votes", "round"]


@pytest.mark.parametrize(
    "table",
    [
        labels().drop(columns="label"),
        labels().assign(extra=1),
        labels(origin="guess"),
        labels(clip_id=None),
        labels(support=0),
        pd.concat([labels(), labels()]),
    ],
    ids=["missing", "too much", "origin", "null", "support", "twice"],
)
def test_a_table_against_its_contract_is_an_error(table):
    with pytest.raises(TableError, match="RoundLabels"):
        check(table, schemas.RoundLabels)


def test_probabilities_follow_in_their_own_order():
    rows = {
        "clip_id": ["a"],
        "predicted": [None],
        "p_sad": [0.4],
        "confidence": [0.4],
        "p_b": [0.1],
    }
    table = check(pd.DataFrame(rows), schemas.Predictions)
    assert list(table.columns) == ["clip_id", "predicted", "confidence", "p_sad", "p_b"]


def test_labels_are_checked_against_the_taxonomy():
    check_labels(["sad", None], read_taxonomy(), "here")
    with pytest.raises(TableError, match="here: 'bored' is not a label"):
        check_labels(["sad", "bored"], read_taxonomy(), "here")
