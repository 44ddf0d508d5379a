import pandas as pd
import pytest
from support.ballots import ballots

from libra_emo.annotation.consensus import decide, merge_labels, needs_adjudication, settle
from libra_emo.schemas import Dropped, RoundLabels, check


def row(decisions: pd.DataFrame, clip_id: str) -> tuple:
    found = decisions.set_index("clip_id").loc[clip_id]
    label = None if pd.isna(found["label"]) else found["label"]
    return label, int(found["support"]), int(found["votes"]), found["outcome"]


def round_labels(*rows: tuple) -> pd.DataFrame:
    return check(pd.DataFrame(rows, columns=list(RoundLabels.to_schema().columns)), RoundLabels)


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


def test_every_clip_ends_as_label_or_dropped(rounds):
    votes = pd.concat(
        [
            ballots(
                "round_1",
                agreed="sad sad happy ironic",
                none_fits="other other other sad",
                tie="sad sad angry angry",
                miss="sad angry happy ironic",
                hopeless="sad angry happy other",
            ),
            ballots("round_1.adjudication", tie="angry", miss="neutral", hopeless="other"),
        ]
    )
    clips = ["agreed", "none_fits", "tie", "miss", "hopeless"]
    labels, dropped = settle(clips, votes, rounds, round_number=1, simulated=False)
    assert labels.to_numpy().tolist() == [
        ["agreed", "sad", "people", 2, 4, 1],
        ["miss", "neutral", "adjudicated", 1, 1, 1],
        ["tie", "angry", "adjudicated", 1, 1, 1],
    ]
    assert dropped.to_numpy().tolist() == [["hopeless", "other"], ["none_fits", "other"]]


def test_labels_by_simulated_annotators_say_so(rounds):
    votes = pd.concat(
        [
            ballots("round_1", a="sad sad happy ironic", b="sad sad happy happy"),
            ballots("round_1.adjudication", b="happy"),
        ]
    )
    labels, _ = settle(["a", "b"], votes, rounds, round_number=2, simulated=True)
    assert labels["origin"].tolist() == ["simulated", "simulated"]


def test_asked_clips_take_the_campaigns_answer_and_the_others_keep_their_round():
    previous = round_labels(
        ("kept", "happy", "machine", 2, 3, 0),
        ("asked", "happy", "machine", 3, 3, 0),
        ("lost", "sad", "people", 3, 4, 1),
    )
    settled = round_labels(("asked", "angry", "people", 3, 4, 2), ("new", "sad", "people", 2, 4, 2))
    dropped = check(pd.DataFrame({"clip_id": ["lost"], "reason": ["other"]}), Dropped)
    merged = merge_labels(previous, ["lost", "asked", "new"], settled, dropped)
    assert merged.to_numpy().tolist() == [
        ["asked", "angry", "people", 3, 4, 2],
        ["kept", "happy", "machine", 2, 3, 0],
        ["new", "sad", "people", 2, 4, 2],
    ]
