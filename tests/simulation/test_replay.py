import numpy as np
import pytest
from support.shared_files import shared_file

from libra_emo.simulation.options import SimulationOptions
from libra_emo.simulation.replay import (
    ReplayedPeople,
    ReplayError,
    read_counts,
    replay_population,
    replay_votes,
    shuffle_votes,
)
from libra_emo.simulation.worlds import WORLDS

HEADER = "Usage,Image name,neutral,happiness,sadness,unknown,NF\n"


def write_votes(path, items=1200):
    draw = np.random.default_rng(1)
    truth = draw.choice(3, size=items, p=[0.5, 0.3, 0.2])
    rows = []
    for n in range(items):
        chances = np.full(5, 0.06)
        chances[truth[n]] += 0.7
        counts = draw.multinomial(10, chances / chances.sum())
        rows.append(f"Training,fer{n}.png," + ",".join(map(str, counts)))
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def test_counts_become_votes_in_a_random_order_and_none_is_lost(tmp_path):
    labels, counts = read_counts(write_votes(tmp_path / "votes.csv"))
    assert labels == ("neutral", "happiness", "sadness")
    votes = shuffle_votes(counts, 1)
    assert votes.shape == (1200, 10)
    back = (votes[:, :, None] == np.arange(4)).sum(axis=1)
    np.testing.assert_array_equal(back, counts)
    assert (votes != shuffle_votes(counts, 2)).any()


def test_ties_and_items_without_an_emotion_have_no_truth():
    counts = np.array([[10, 0, 0, 0], [5, 5, 0, 0], [2, 0, 0, 8], [6, 2, 1, 1]])
    population = replay_population(("a", "b", "c"), counts, WORLDS["base"], 1, machines=False)
    assert population.truth.tolist() == [0, -1, -1, 0]


def test_each_vote_is_given_once_and_the_last_one_adjudicates():
    people = ReplayedPeople(np.arange(20).reshape(2, 10))
    clips = np.array([1, 0])
    assert people.answer(clips, np.array([0, 3])).answer.tolist() == [10, 3]
    assert people.adjudicate(clips).tolist() == [19, 9]


def test_a_replay_reports_as_a_world_does(tmp_path):
    options = SimulationOptions(arms=("expected_gain",), seeds=1, coverage_datasets=20)
    lines = []
    result, labels = replay_votes(write_votes(tmp_path / "votes.csv"), options, lines.append)
    assert labels[0] == "neutral" and lines
    assert 0 < result.summary["share_of_judgements"] < 1
    assert result.summary["coverage"] >= 0.9
    alone = result.summary["without_machines"]
    assert alone["expected_gain"]["accuracy"]["mean"] > 0.8


def test_another_table_is_refused_in_one_line(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("a,b,c,d\n1,2,x,y\n")
    with pytest.raises(ReplayError, match=r"votes\.csv: after two columns"):
        read_counts(path)


@pytest.mark.slow
def test_ferplus_needs_at_most_half_of_the_paper_s_votes():
    options = SimulationOptions(arms=("expected_gain",), seeds=1, coverage_datasets=100)
    path = shared_file("labels/ferplus/fer2013new.csv")
    result, _ = replay_votes(path, options, lambda line: None)
    shares = result.summary["arms"]["expected_gain"]["share_by_metric"]
    assert shares["accuracy"]["mean"] <= 0.5
    assert result.summary["coverage"] >= 0.93
