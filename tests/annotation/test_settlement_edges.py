import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ballots import ballots

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import VotesError
from libra_emo.annotation.settlement import merge_labels, settle
from libra_emo.schemas import Dropped, HumanVotes, RoundLabels, check, empty
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
ANSWERS = [*TAXONOMY.labels[:3], TAXONOMY.other]


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([f"c{n}" for n in range(8)]),
        st.lists(st.sampled_from(ANSWERS), min_size=4, max_size=4),
        min_size=1,
    ),
    st.sampled_from(ANSWERS),
)
def test_settled_clips_always_balance(answers, verdict):
    campaign = Campaign.of("x", TAXONOMY, 4, 2)
    votes = pd.concat(
        [
            ballots("x", **{clip_id: " ".join(given) for clip_id, given in answers.items()}),
            ballots("x.adjudication", **dict.fromkeys(answers, verdict)),
        ]
    )
    labels, dropped = settle(answers, votes, campaign, round_number=1, simulated=False)
    assert sorted([*labels["clip_id"], *dropped["clip_id"]]) == sorted(answers)


def test_settling_without_all_votes_names_the_first_clip_that_lacks_them(rounds):
    votes = ballots("round_1", a="sad sad happy ironic", b="sad sad angry angry")
    with pytest.raises(VotesError, match=r"2 of 3 clips are not settled, the first is b"):
        settle(["a", "b", "c"], votes, rounds, round_number=1, simulated=False)


def test_votes_for_clips_that_were_not_asked_are_left_out(rounds):
    votes = ballots("round_1", a="sad sad happy ironic", stray="sad sad angry angry")
    labels, dropped = settle(["a"], votes, rounds, round_number=1, simulated=False)
    assert labels["clip_id"].tolist() == ["a"]
    assert dropped.empty


def test_an_adjudicators_old_answer_does_not_touch_a_clip_that_is_agreed_by_now(rounds):
    votes = pd.concat(
        [ballots("round_1", a="sad sad happy ironic"), ballots("round_1.adjudication", a="angry")]
    )
    labels, _ = settle(["a"], votes, rounds, round_number=1, simulated=False)
    assert labels["label"].tolist() == ["sad"]


def test_nothing_asked_gives_two_empty_tables(rounds):
    labels, dropped = settle([], empty(HumanVotes), rounds, round_number=1, simulated=False)
    assert labels.empty and dropped.empty
    previous = pd.DataFrame([["a", "sad", "machine", 2, 3, 0]], columns=labels.columns)
    merged = merge_labels(check(previous, RoundLabels), [], labels, dropped)
    pd.testing.assert_frame_equal(merged, check(previous, RoundLabels))
    assert merge_labels(labels, [], labels, dropped).empty


def test_merging_what_does_not_add_up_is_an_error():
    nothing, none_dropped = empty(RoundLabels), empty(Dropped)
    with pytest.raises(VotesError, match="1 clips were asked about, but 0 labels and 0"):
        merge_labels(nothing, ["a"], nothing, none_dropped)
    both = check(
        pd.DataFrame([["a", "sad", "people", 2, 4, 1]], columns=nothing.columns), RoundLabels
    )
    twice = check(pd.DataFrame([["a", "other"]], columns=none_dropped.columns), Dropped)
    with pytest.raises(VotesError):
        merge_labels(nothing, ["a"], both, twice)
