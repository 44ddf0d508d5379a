import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shared_files import shared_file

from libra_emo.labelling.aggregation import dawid_skene, majority, most_probable
from libra_emo.labelling.votes import LabellingError, Votes, encode_votes


def random_votes(seed, clips, people, answers, votes):
    draw = np.random.default_rng(seed)
    truth = draw.integers(answers, size=clips)
    clip, person = draw.integers(clips, size=votes), draw.integers(people, size=votes)
    right = draw.random(votes) < np.linspace(0.4, 0.9, people)[person]
    answer = np.where(right, truth[clip], draw.integers(answers, size=votes))
    table = pd.DataFrame({"clip": clip, "person": person, "answer": answer})
    table = table.drop_duplicates(["clip", "person"])
    return Votes(*(table[name].to_numpy() for name in ("clip", "person", "answer")))


def ferplus_votes():
    """Return FER+'s ten votes an item; the n-th vote of every item is by the n-th annotator."""
    counts = pd.read_csv(shared_file("labels/ferplus/fer2013new.csv")).iloc[:, 2:].to_numpy()
    item, answer = np.nonzero(counts)
    times = counts[item, answer]
    item, answer = np.repeat(item, times), np.repeat(answer, times)
    first = np.r_[True, item[1:] != item[:-1]]
    person = np.arange(len(item)) - np.flatnonzero(first)[np.cumsum(first) - 1]
    return Votes(item, person, answer), counts.shape[1]


def crowdkit_tables(votes):
    aggregation = pytest.importorskip("crowdkit.aggregation")
    table = pd.DataFrame({"task": votes.clip, "worker": votes.person, "label": votes.answer})
    return aggregation, table


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dawid_skene_and_majority_equal_crowd_kit_on_random_tables(seed):
    votes = random_votes(seed, clips=120, people=9, answers=5, votes=700)
    aggregation, table = crowdkit_tables(votes)
    theirs = aggregation.DawidSkene().fit(table)
    ours = dawid_skene(votes, 120, 5)
    tasks = theirs.probas_.index.to_numpy()
    wanted = theirs.probas_.sort_index(axis=1).to_numpy()
    np.testing.assert_allclose(ours.probabilities[tasks], wanted, atol=1e-8)
    assert ours.steps == len(theirs.loss_history_)
    simple = aggregation.MajorityVote().fit(table)
    wanted = simple.probas_.sort_index(axis=1)
    np.testing.assert_allclose(majority(votes, 120, 5)[wanted.index], wanted.to_numpy())


@pytest.mark.slow
def test_figures_equal_crowd_kit_on_ferplus():
    votes, answers = ferplus_votes()
    aggregation, table = crowdkit_tables(votes)
    items = int(votes.clip.max()) + 1
    ours = dawid_skene(votes, items, answers)
    theirs = aggregation.DawidSkene().fit(table)
    wanted = theirs.probas_.sort_index(axis=1)
    np.testing.assert_allclose(ours.probabilities[wanted.index], wanted.to_numpy(), atol=1e-6)
    simple = aggregation.MajorityVote().fit(table).probas_.sort_index(axis=1)
    ours_simple = majority(votes, items, answers)
    np.testing.assert_allclose(ours_simple[simple.index], simple.to_numpy())


@pytest.mark.slow
def test_a_million_votes_take_less_than_ten_seconds():
    votes = random_votes(5, clips=250_000, people=200, answers=13, votes=1_000_000)
    start = time.process_time()
    found = dawid_skene(votes, 250_000, 13)
    assert time.process_time() - start < 10
    assert found.steps > 1


def test_clips_without_votes_have_no_probabilities():
    votes = Votes(np.array([0, 0, 2]), np.array([0, 1, 0]), np.array([1, 1, 0]))
    found = dawid_skene(votes, 4, 2)
    assert found.probabilities[[1, 3]].sum() == 0
    np.testing.assert_allclose(found.probabilities[[0, 2]].sum(axis=1), 1)
    assert most_probable(found.probabilities).tolist() == [1, 0, 0, 0]


def test_no_votes_at_all_are_no_error():
    none = np.empty(0, dtype=np.int64)
    assert dawid_skene(Votes(none, none, none), 3, 2).steps == 0


@given(st.randoms(use_true_random=False))
def test_the_order_of_votes_changes_nothing(random):
    votes = random_votes(4, clips=20, people=5, answers=3, votes=60)
    order = list(range(len(votes.clip)))
    random.shuffle(order)
    mixed = Votes(*(column[order] for column in votes))
    one, other = dawid_skene(votes, 20, 3), dawid_skene(mixed, 20, 3)
    np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-9)


def test_tables_are_read_by_position_and_unknown_answers_are_named():
    table = pd.DataFrame(
        {"clip_id": ["b", "a"], "annotator": ["kim", "lee"], "label": ["sad", "other"]}
    )
    votes = encode_votes(table, ["a", "b"], ["lee", "kim"], ["sad", "other"])
    assert [column.tolist() for column in votes] == [[1, 0], [1, 0], [0, 1]]
    with pytest.raises(LabellingError, match="'other' as label"):
        encode_votes(table, ["a", "b"], ["lee", "kim"], ["sad"])
