"""The paper's tables are the golden values."""

import pandas as pd
import pytest

from libra_emo.evaluation.composition.dataset_tables import (
    NOT_GIVEN,
    compare_datasets,
    count_films,
    count_labels,
    count_types,
    list_steps,
)
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
# Table 13 in the taxonomy's order: excited, happy, amazed, surprised, neutral, ironic, …
TRAINSET = (819, 5119, 468, 2194, 23681, 5348, 420, 7137, 5720, 525, 2408, 7152, 634)
BENCH = (41, 61, 35, 62, 77, 51, 44, 42, 80, 35, 39, 48, 27)


def labelled(counts):
    labels = [label for label, n in zip(TAXONOMY.labels, counts, strict=True) for _ in range(n)]
    return pd.DataFrame({"label": labels})


@pytest.fixture(scope="module")
def labels():
    return count_labels(labelled(TRAINSET), labelled(BENCH), TAXONOMY)


def test_table_13(labels):
    rows = labels.set_index("label")
    assert rows.loc["total", ["trainset", "bench", "total"]].tolist() == [61_625, 642, 62_267]
    assert rows.loc["ironic", ["type", "coarse", "total"]].tolist() == [
        "negative", "disgusted", 5_399
    ]  # fmt: skip
    assert rows.loc["despairful", "total"] == 661
    assert labels["label"].tolist() == [*TAXONOMY.labels, "total"]


def test_table_5(labels):
    assert count_types(labels).to_numpy().tolist() == [
        ["positive", 6_406, 137, 6_543],
        ["neutral", 25_875, 139, 26_014],
        ["negative", 29_344, 366, 29_710],
        ["total", 61_625, 642, 62_267],
    ]


def test_table_1_shows_what_was_published_and_what_was_counted(labels):
    table = compare_datasets(labels, TAXONOMY)
    ours, published = table.iloc[-1], table.set_index("dataset").loc["Libra-Emo"]
    assert ours[["emotions", "negative", "samples"]].tolist() == [13, 8, 62_267]
    assert published[["emotions", "negative", "samples"]].tolist() == [13, 8, 62_267]
    assert ours["origin"] != published["origin"]


def test_table_10():
    history = pd.DataFrame(
        {
            "round": [0, 1, 2],
            "input": [64_174, 61_625, 61_625],
            "sampled": [None, 13_000, 11_764],
            "dropped": [2_549, 0, 0],
            "changed": [None, 7_533, 6_373],
            "output": [61_625] * 3,
            "accuracy": 0.5,
        }
    )
    table = list_steps(history, pd.DataFrame({"clip_id": range(61_625)}))
    assert table["step"].tolist()[0::3] == ["active learning, round 0", "explanation"]
    assert table["output"].tolist() == [61_625] * 4
    assert table["changed"].isna().tolist() == [True, False, False, True]
    assert (table["input"] - table["dropped"] == table["output"]).all()


def test_table_9_counts_films_that_have_a_clip():
    sources = pd.DataFrame(
        {
            "source_id": ["a", "b", "c", "d"],
            "theme": ["drama", None, "war", "drama"],
            "language": ["en", "zh", "zh", "en"],
        }
    )
    candidates = pd.DataFrame({"clip_id": ["1", "2", "3", "4"], "source_id": list("abcd")})
    table = count_films(sources, {"1", "2", "3"}, candidates)
    assert table.to_numpy().tolist() == [
        ["theme", "drama", 1],
        ["theme", NOT_GIVEN, 1],
        ["theme", "war", 1],
        ["language", "zh", 2],
        ["language", "en", 1],
        ["all", "total", 3],
    ]


def test_empty_sets_have_tables_too():
    labels = count_labels(labelled([0] * 13), labelled([0] * 13), TAXONOMY)
    assert labels["total"].sum() == 0
    assert count_types(labels)["total"].tolist() == [0, 0, 0, 0]
