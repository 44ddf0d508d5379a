import json

import pandas as pd
import pytest

from libra_emo.annotation.campaigns import PeopleNeeded
from libra_emo.annotation.options import AnnotationOptions, BenchOptions
from libra_emo.annotation.simulated import SimulationError, match_truth
from libra_emo.annotation.store import VoteStore
from libra_emo.pipelines.bench import nodes
from libra_emo.schemas import Candidates, Dropped, HumanVotes, RoundLabels, check, empty

OPTIONS = BenchOptions()


@pytest.fixture(scope="module")
def parts(thirty_films, split_all):
    sources, candidates = thirty_films
    return split_all(candidates, sources, OPTIONS, 1)


@pytest.fixture
def collect(tmp_path, thirty_films, sample_truth, taxonomy, parts):
    """Call the node that collects votes, with changes to its arguments."""

    def call(**changes):
        arguments = {
            "bench_sample": parts[0],
            "validation_sample": empty(Candidates),
            "annotators": "simulated",
            "annotation_store": VoteStore(f"sqlite:///{tmp_path}/votes.db"),
            "sample_truth": sample_truth,
            "candidates": thirty_films[1],
            "taxonomy": taxonomy,
            "bench": OPTIONS,
            "annotation": AnnotationOptions(),
            "seed": 1,
        }
        votes, of_validation = nodes.collect_bench_votes(**arguments | changes)
        assert of_validation.empty
        return votes

    return call


def report_of(parts, votes, labels, dropped, taxonomy, annotators="simulated"):
    return nodes.report_bench(
        bench_sample=parts[0],
        pool=parts[1],
        withheld=parts[2],
        human_votes=votes,
        bench_labels=labels,
        dropped=dropped,
        validation_sample=empty(Candidates),
        validation_labels=empty(RoundLabels),
        annotators=annotators,
        taxonomy=taxonomy,
        bench=OPTIONS,
    )


def test_ten_films_of_thirty_give_the_sample_and_the_rest_is_pool_or_withheld(parts):
    assert [len(part) for part in parts] == [120, 300, 30]
    for part in parts:
        pd.testing.assert_frame_equal(check(part, Candidates), part)
        assert part["clip_id"].is_monotonic_increasing


def test_the_bench_is_labelled_and_its_report_balances(
    collect, parts, taxonomy, thirty_films, sample_truth
):
    votes = check(collect(), HumanVotes)
    labels, dropped = nodes.settle_bench(parts[0], votes, "simulated", taxonomy, OPTIONS)
    check(labels, RoundLabels)
    check(dropped, Dropped)
    assert sorted([*labels["clip_id"], *dropped["clip_id"]]) == parts[0]["clip_id"].tolist()
    assert set(labels["origin"]) == {"simulated"} and set(labels["round"]) == {0}
    truth = match_truth(sample_truth, thirty_films[1])
    right = labels.merge(truth, on="clip_id").eval("label_x == label_y").mean()
    assert 0.8 < right < 1

    report = json.loads(json.dumps(report_of(parts, votes, labels, dropped, taxonomy)))
    assert report["annotators"] == "simulated"
    assert report["films"] == {"bench": 10, "pool": 20}
    assert report["clips"] == {"sample": 120, "pool": 300, "withheld": 30}
    assert report["labelled"] + sum(report["dropped"].values()) == 120
    assert sum(report["clips_by_label"].values()) == report["labelled"] == len(labels)
    assert list(report["clips_by_label"]) == list(taxonomy.labels)
    assert report["negative"] == labels["label"].isin(taxonomy.negative_labels).sum()
    shares = report["agreement"]
    assert report["adjudicated"] == round((shares["share_tie"] + shares["share_miss"]) * 120)
    assert shares["krippendorff_alpha"] == pytest.approx(0.515, abs=0.08)


def test_truth_of_other_clips_changes_no_vote(collect, parts, sample_truth):
    in_bench = sample_truth["source_id"].isin(parts[0]["source_id"])
    pd.testing.assert_frame_equal(collect(sample_truth=sample_truth[in_bench]), collect())


def test_people_are_asked_through_the_store(collect, parts, taxonomy, tmp_path):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    with pytest.raises(PeopleNeeded, match="120 of 120 clips wait") as stop:
        collect(annotators="people", annotation_store=store, sample_truth=None)
    assert stop.value.exit_code == 3
    assert store.clips("bench") == parts[0]["clip_id"].tolist()


def test_films_without_truth_need_people(collect, sample_truth):
    with pytest.raises(SimulationError, match="120 of 120 clips is not known"):
        collect(sample_truth=sample_truth.iloc[:0])


def test_a_sample_smaller_than_asked_is_in_the_report(make_films, taxonomy, split_all):
    sources, candidates = make_films(("en", None), ("zh", None), ("zh", None), clips_per_film=3)
    parts = split_all(candidates, sources, OPTIONS, 1)
    nothing = [table for table in map(_empty, (HumanVotes, RoundLabels, Dropped))]
    report = report_of(parts, *nothing, taxonomy, "people")
    assert (report["sample_clips_asked"], report["clips"]["sample"]) == (120, 3)
    assert report["annotators"] == "people"
    json.dumps(report, allow_nan=False)


def _empty(schema):
    return check(pd.DataFrame(columns=list(schema.to_schema().columns)), schema)
