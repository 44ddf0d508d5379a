import pandas as pd
import pytest
from support.ballots import ballots

from libra_emo.annotation.consensus import decide, needs_adjudication


def row(decisions: pd.DataFrame, clip_id: str) -> tuple:
    found = decisions.set_index("clip_id").loc[clip_id]
    label = None if pd.isna(found["label"]) else found["label"]
    return label, int(found["support"]), int(found["votes"]), found["outcome"]


def test_four_of_eight_alike_make_a_bench_label(bench):
    votes = ballots("bench", c="happy happy sad happy angry happy neutral ironic")
    assert row(decide(votes, bench), "c") == ("happy", 4, 8, "agreed")


def test_three_of_eight_are_a_miss(bench):
    votes = ballots("bench", c="happy happy sad happy angry sad neutral ironic")
    assert row(decide(votes, bench), "c") == (None, 3, 8, "miss")


@pytest.mark.parametrize(
    "answers",
    ["happy sad sad happy", "happy happy other other", "other sad other sad"],
)
def test_two_against_two_is_a_tie_and_never_a_label(rounds, answers):
    assert row(decide(ballots("round_1", c=answers), rounds), "c") == (None, 2, 4, "tie")


def test_four_against_four_is_a_tie(bench):
    votes = ballots("bench", c="sad sad sad sad angry angry angry angry")
    assert row(decide(votes, bench), "c") == (None, 4, 8, "tie")


def test_equal_answers_below_the_threshold_are_a_miss(rounds):
    votes = ballots("round_1", c="happy sad angry neutral")
    assert row(decide(votes, rounds), "c") == (None, 1, 4, "miss")


def test_other_that_wins_is_its_own_outcome(rounds):
    votes = ballots("round_1", c="other sad other happy")
    assert row(decide(votes, rounds), "c") == (None, 2, 4, "other")


def test_decisions_are_sorted_and_cover_each_clip_once(rounds):
    votes = ballots(
        "round_1", b="happy happy sad sad", a="sad sad sad sad", c="sad sad happy ironic"
    )
    decisions = decide(votes, rounds)
    assert decisions["clip_id"].tolist() == ["a", "b", "c"]
    assert needs_adjudication(decisions) == ["b"]


def test_votes_of_other_campaigns_do_not_count(rounds):
    votes = pd.concat([ballots("round_1", c="sad sad sad happy"), ballots("round_2", c="happy")])
    assert row(decide(votes, rounds), "c") == ("sad", 3, 4, "agreed")
