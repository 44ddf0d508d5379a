import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.schemas import COUNTED_STATUSES, VOTE_STATUSES, MachineVotes, check
from libra_emo.voting.majority import majority_vote


def votes_table(rows: list[tuple[str, str, str | None, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["clip_id", "voter", "label", "status"])
    for column in ("explanation", "reply"):
        table[column] = None
    for column in ("prompt_tokens", "completion_tokens", "cost_usd", "seconds"):
        table[column] = None
    return check(table, MachineVotes)


@st.composite
def ballots(draw: st.DrawFn) -> list[tuple[str, str, str | None, str]]:
    rows = []
    for clip in draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True, min_size=1)):
        for voter in draw(st.lists(st.sampled_from("vwxyz"), unique=True, min_size=1)):
            status = draw(st.sampled_from(VOTE_STATUSES))
            label = draw(st.sampled_from(["sad", "happy", "angry"]))
            rows.append((clip, voter, label if status in COUNTED_STATUSES else None, status))
    return rows


def test_two_of_three_alike_make_the_label() -> None:
    result = majority_vote(
        votes_table(
            [("a", "x", "sad", "ok"), ("a", "y", "happy", "ok"), ("a", "z", "sad", "repaired")]
        ),
        2,
    )
    assert result.to_dict("records") == [{"clip_id": "a", "label": "sad", "support": 2, "votes": 3}]


def test_three_different_labels_decide_nothing() -> None:
    rows = [("a", "x", "sad", "ok"), ("a", "y", "happy", "ok"), ("a", "z", "angry", "ok")]
    [row] = majority_vote(votes_table(rows), 2).to_dict("records")
    assert pd.isna(row["label"]) and row["support"] == 1 and row["votes"] == 3


def test_an_abstention_is_no_vote() -> None:
    rows = [("a", "x", "sad", "ok"), ("a", "y", None, "abstained"), ("a", "z", "sad", "ok")]
    [row] = majority_vote(votes_table(rows), 2).to_dict("records")
    assert (row["label"], row["support"], row["votes"]) == ("sad", 2, 2)


def test_a_tie_above_the_threshold_is_no_label() -> None:
    rows = [
        ("a", "v", "sad", "ok"),
        ("a", "w", "sad", "ok"),
        ("a", "x", "happy", "ok"),
        ("a", "y", "happy", "ok"),
    ]
    [row] = majority_vote(votes_table(rows), 2).to_dict("records")
    assert pd.isna(row["label"]) and row["support"] == 2


def test_a_clip_on_which_everybody_abstains_is_there_without_a_label() -> None:
    rows = [("b", "x", "sad", "ok"), ("b", "y", "sad", "ok"), ("a", "x", None, "abstained")]
    result = majority_vote(votes_table(rows), 2)
    assert list(result["clip_id"]) == ["a", "b"]
    assert list(result["votes"]) == [0, 2] and list(result["support"]) == [0, 2]
    assert list(result["label"].isna()) == [True, False]


def test_no_votes_at_all_give_an_empty_table_with_the_columns() -> None:
    result = majority_vote(votes_table([]), 2)
    assert list(result.columns) == ["clip_id", "label", "support", "votes"] and result.empty


def test_two_votes_of_one_voter_are_refused() -> None:
    rows = [("a", "x", "sad", "ok"), ("a", "x", "sad", "ok")]
    with pytest.raises(ValueError, match="'x' has two votes for clip a"):
        majority_vote(votes_table(rows), 2)


@settings(deadline=None)
@given(rows=ballots(), minimum=st.integers(1, 4), random=st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(
    rows: list[tuple[str, str, str | None, str]], minimum: int, random: object
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(
        majority_vote(votes_table(rows), minimum), majority_vote(votes_table(shuffled), minimum)
    )


@settings(deadline=None)
@given(rows=ballots(), minimum=st.integers(1, 4))
def test_a_label_needs_the_agreement_and_to_be_alone(
    rows: list[tuple[str, str, str | None, str]], minimum: int
) -> None:
    for row in majority_vote(votes_table(rows), minimum).to_dict("records"):
        given_labels = [label for clip, _, label, _ in rows if clip == row["clip_id"] and label]
        counts = {label: given_labels.count(label) for label in set(given_labels)}
        most = max(counts.values(), default=0)
        leading = [label for label, count in counts.items() if count == most]
        wins = most >= minimum and len(leading) == 1
        assert row["support"] == most and row["votes"] == len(given_labels)
        assert (row["label"] == leading[0]) if wins else pd.isna(row["label"])


@settings(deadline=None)
@given(rows=ballots(), minimum=st.integers(1, 4))
def test_abstentions_change_nothing_for_a_clip_that_has_votes(
    rows: list[tuple[str, str, str | None, str]], minimum: int
) -> None:
    more = [*rows, *((clip, "silent", None, "abstained") for clip in {row[0] for row in rows})]
    pd.testing.assert_frame_equal(
        majority_vote(votes_table(rows), minimum), majority_vote(votes_table(more), minimum)
    )


@given(ballots())
@settings(max_examples=30)
def test_categorical_votes_are_counted_like_text(
    rows: list[tuple[str, str, str | None, str]],
) -> None:
    table = votes_table(rows)
    names = ["clip_id", "voter", "label", "status"]
    result = majority_vote(table[names].astype("category"), 2, ["d", "a"])
    pd.testing.assert_frame_equal(result, majority_vote(table, 2, ["d", "a"]))
