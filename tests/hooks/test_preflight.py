import pandas as pd
import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline, node

from libra_emo.datasets import CsvTableDataset
from libra_emo.hooks.preflight import InputsMissing, check_inputs, groups_read


def same(table):
    return table


def step(given, made):
    return node(same, given, made, name=f"make_{made}")


FIRST = Pipeline([step("films", "clips")])
SECOND = Pipeline([step("clips", "votes")])
THIRD = Pipeline([step("votes", "labels"), step("clips", "plots")])
REGISTRY = {"first": FIRST, "second": SECOND, "third": THIRD, "__default__": FIRST + SECOND + THIRD}


@pytest.fixture
def catalog(tmp_path):
    names = ("films", "clips", "votes")
    return DataCatalog({n: CsvTableDataset(filepath=str(tmp_path / f"{n}.csv")) for n in names})


def test_what_another_pipeline_makes_is_reported_with_its_command(catalog):
    catalog.save("clips", pd.DataFrame({"a": [1]}))
    with pytest.raises(InputsMissing) as caught:
        check_inputs(THIRD, catalog, REGISTRY)
    assert str(caught.value) == "votes is missing: run `kedro run --pipeline second` first"


def test_several_are_reported_in_the_order_in_which_they_are_made(catalog):
    with pytest.raises(InputsMissing) as caught:
        check_inputs(THIRD, catalog, REGISTRY)
    assert str(caught.value) == (
        "clips, votes are missing: "
        "run `kedro run --pipeline first`, then `kedro run --pipeline second` first"
    )


def test_of_many_the_first_are_named(tmp_path):
    names = [f"table_{letter}" for letter in "abcdef"]
    many = DataCatalog({n: CsvTableDataset(filepath=str(tmp_path / f"{n}.csv")) for n in names})
    with pytest.raises(InputsMissing, match=r"^table_a, table_b, table_c and 3 more are missing"):
        check_inputs(Pipeline([node(lambda *_: 1, names, "all", name="all")]), many, REGISTRY)


def test_what_nothing_makes_is_reported(catalog):
    with pytest.raises(InputsMissing, match="films is missing, and no pipeline makes it"):
        check_inputs(FIRST, catalog, REGISTRY)


def test_what_the_run_makes_itself_is_not_missing(catalog):
    catalog.save("films", pd.DataFrame({"a": [1]}))
    check_inputs(REGISTRY["__default__"], catalog, REGISTRY)


def test_a_torn_file_is_missing(catalog, tmp_path):
    (tmp_path / "films.csv").touch()
    with pytest.raises(InputsMissing):
        check_inputs(FIRST, catalog, REGISTRY)


def test_the_groups_that_a_run_reads():
    nodes = [
        node(lambda *_: 1, ["params:voting", "params:seed", "a"], "b", name="x"),
        node(lambda *_: 1, ["params:bench.threshold"], "c", name="y"),
    ]
    assert groups_read(Pipeline(nodes)) == {"voting", "seed", "bench"}
