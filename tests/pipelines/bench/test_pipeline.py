from pathlib import Path

import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro_datasets.pickle import PickleDataset

from libra_emo.annotation.campaigns import PeopleNeeded
from libra_emo.annotation.options import AnnotationOptions, BenchOptions
from libra_emo.annotation.store import VoteStore
from libra_emo.pipelines.bench import create_pipeline
from libra_emo.schemas import BenchClips, Split, empty

OUTPUTS = {
    "split",
    "bench_clips",
    "bench_sample",
    "pool",
    "withheld",
    "bench.human_votes",
    "bench_labels",
    "bench.dropped",
    "bench_report",
    "validation_sample",
    "validation.human_votes",
    "validation_labels",
    "validation.dropped",
}


@pytest.fixture
def inputs(thirty_films, sample_truth, taxonomy, tmp_path):
    sources, candidates = thirty_films
    return {
        "candidates": candidates,
        "sources": sources,
        "remembered_split": empty(Split),
        "remembered_bench_clips": empty(BenchClips),
        "sample_truth": sample_truth,
        "taxonomy": taxonomy,
        "annotation_store": VoteStore(f"sqlite:///{tmp_path}/votes.db"),
        "params:bench": BenchOptions(),
        "params:annotation": AnnotationOptions(),
        "params:annotators": "simulated",
        "params:seed": 20250101,
    }


def run(inputs: dict, folder: Path, **changes) -> dict:
    names = inputs | changes
    catalog = DataCatalog({name: MemoryDataset(data, "assign") for name, data in names.items()})
    for name in OUTPUTS:
        catalog[name] = PickleDataset(filepath=(folder / f"{name}.pkl").as_posix())
    # no clips were cut of these films, so leaks cannot be searched for
    SequentialRunner().run(create_pipeline().to_outputs("bench_report"), catalog)
    return {name: catalog[name].load() for name in OUTPUTS}


def test_inputs_and_outputs_are_the_catalogs(inputs):
    pipeline = create_pipeline()
    assert pipeline.inputs() == {*inputs, "clip_shards"}
    assert pipeline.all_outputs() == {*OUTPUTS, "leaks", "films_of_pool", "rest_of_bench"}
    assert all(node.tags == {"bench"} for node in pipeline.nodes)


def test_it_runs_from_candidates_to_the_report_and_twice_to_the_same(inputs, tmp_path):
    first, second = run(inputs, tmp_path / "1"), run(inputs, tmp_path / "2")
    for name in OUTPUTS - {"bench_report"}:
        pd.testing.assert_frame_equal(first[name], second[name])
    assert first["bench_report"] == second["bench_report"]
    assert len(first["bench_labels"]) > 100


def test_with_people_it_ends_at_the_votes_with_the_campaign_open(inputs, tmp_path):
    with pytest.raises(PeopleNeeded, match="120 of 120"):
        run(inputs, tmp_path, **{"params:annotators": "people"})
    assert len(inputs["annotation_store"].clips("bench")) == 120
