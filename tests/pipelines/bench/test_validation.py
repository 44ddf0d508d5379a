import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.annotation.campaigns import PeopleNeeded
from libra_emo.annotation.options import AnnotationOptions, BenchOptions
from libra_emo.annotation.store import VoteStore
from libra_emo.pipelines.bench import nodes
from libra_emo.pipelines.bench.split import BenchError
from libra_emo.pipelines.bench.validation import set_validation_aside, settle_validation
from libra_emo.schemas import Candidates, RoundLabels, check, empty


def options(fraction=0.2, clips=40):
    return BenchOptions(validation={"film_fraction": fraction, "sample_clips": clips})


def divide(films, split_all, chosen, seed=1):
    sources, candidates = films
    bench, pool, withheld = split_all(candidates, sources, chosen, seed)
    return bench, pool, withheld, *set_validation_aside(pool, withheld, sources, chosen, seed)


def test_without_validation_films_pool_and_withheld_stay_as_they_are(thirty_films, split_all):
    _, pool, withheld, sample, rest, others = divide(thirty_films, split_all, BenchOptions())
    assert sample.empty
    pd.testing.assert_frame_equal(rest, pool)
    pd.testing.assert_frame_equal(others, withheld)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 0.5), st.integers(1, 400), st.integers(0, 50))
def test_whole_films_are_set_aside_and_every_clip_is_on_one_side(
    thirty_films, split_all, fraction, clips, seed
):
    bench, _, _, sample, pool, withheld = divide(
        thirty_films, split_all, options(fraction, clips), seed
    )
    sides = [bench, check(sample, Candidates), check(pool, Candidates), withheld]
    assert sorted(clip for side in sides for clip in side["clip_id"]) == sorted(
        thirty_films[1]["clip_id"]
    )
    aside = set(sample["source_id"])
    assert not aside & (set(pool["source_id"]) | set(bench["source_id"]))
    held_out = set(thirty_films[1]["source_id"]) - set(pool["source_id"]) - set(bench["source_id"])
    films = len(set(pool["source_id"])) + len(held_out)
    assert len(held_out) == max(4, math.floor(fraction * films + 0.5)) and aside <= held_out
    assert 1 <= len(sample) <= clips


def test_other_names_change_nothing_and_another_film_at_most_one(thirty_films, split_all):
    sources, candidates = thirty_films
    chosen = options()
    _, pool, withheld = split_all(candidates, sources, chosen, 1)
    first = set_validation_aside(pool, withheld, sources, chosen, 1)[0]
    content = sources.set_index("source_id")["sha256"]
    before = set(first["source_id"].map(content))
    gone = sorted(set(pool["source_id"]) - set(first["source_id"]))[0]
    fewer = pool[pool["source_id"] != gone]
    again = set_validation_aside(fewer, withheld, sources, chosen, 1)[0]
    assert len(set(first["source_id"]) ^ set(again["source_id"])) <= 1
    named = pool.assign(clip_id="other-" + pool["clip_id"], source_id="other-" + pool["source_id"])
    renamed = sources.assign(source_id="other-" + sources["source_id"])
    after = set_validation_aside(named, withheld, renamed, chosen, 1)[0]
    assert set(after["source_id"].map(renamed.set_index("source_id")["sha256"])) == before
    assert set(after["clip_id"]) == {f"other-{clip}" for clip in first["clip_id"]}


def test_too_large_a_share_is_an_error_that_says_what_to_do(make_films, split_all):
    films = make_films(("en", None), ("zh", None), ("zh", None), clips_per_film=3)
    with pytest.raises(BenchError, match=r"2 films .* leaves 2; .*film_fraction"):
        divide(films, split_all, options(0.9))


@given(st.integers(3, 16), st.floats(0.01, 0.2))
@settings(max_examples=20, deadline=None)
def test_a_small_pool_gives_at_most_a_third_of_its_films(make_films, split_all, films, fraction):
    sources, candidates = make_films(*[("en", None)] * films, clips_per_film=2)
    chosen = options(fraction)
    _, before, withheld = split_all(candidates, sources, chosen, 1)
    sample, pool, _ = set_validation_aside(before, withheld, sources, chosen, 1)
    beside = before["source_id"].nunique()
    aside = beside - pool["source_id"].nunique()
    assert 3 * aside <= beside and aside in {0, 2, 3, 4}
    assert (len(sample) > 0) == (aside > 0) == (beside >= 6)


def test_a_pool_of_few_films_gives_none_and_that_is_written_down(make_films, split_all, caplog):
    films = make_films(*[("en", None)] * 5, clips_per_film=3)
    _, before, _, sample, pool, _ = divide(films, split_all, options(0.05))
    assert sample.empty and len(pool) == len(before)
    assert "bench is opened in every round" in caplog.text


@pytest.fixture
def ask(tmp_path, thirty_films, sample_truth, taxonomy, split_all):
    bench, _, _, sample, _, _ = divide(thirty_films, split_all, options())

    def call(**changes):
        arguments = {
            "bench_sample": bench,
            "validation_sample": sample,
            "annotators": "simulated",
            "annotation_store": VoteStore(f"sqlite:///{tmp_path}/votes.db"),
            "sample_truth": sample_truth,
            "candidates": thirty_films[1],
            "taxonomy": taxonomy,
            "bench": options(),
            "annotation": AnnotationOptions(),
            "seed": 1,
        }
        return nodes.collect_bench_votes(**arguments | changes)

    call.sample = sample
    return call


def test_people_label_the_sample_before_the_rounds(ask, taxonomy):
    _, votes = ask()
    assert set(votes["campaign"]) <= {"validation", "validation.adjudication"}
    labels, dropped = settle_validation(ask.sample, votes, "simulated", taxonomy, options())
    check(labels, RoundLabels)
    assert sorted([*labels["clip_id"], *dropped["clip_id"]]) == sorted(ask.sample["clip_id"])
    nothing = settle_validation(empty(Candidates), votes, "simulated", taxonomy, options())
    assert nothing.labels.empty and nothing.dropped.empty


def test_bench_and_validation_are_open_at_once(ask, tmp_path):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    with pytest.raises(PeopleNeeded, match="campaign 'bench'"):
        ask(annotators="people", annotation_store=store, sample_truth=None)
    assert set(store.campaigns()) == {"bench", "validation"}
    assert store.clips("validation") == sorted(ask.sample["clip_id"])
