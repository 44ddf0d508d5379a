import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ballots import ballots, dated

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import VotesError, count_votes, decide, merge_labels, settle
from libra_emo.schemas import Dropped, HumanVotes, RoundLabels, check, empty
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
ANSWERS = [*TAXONOMY.labels[:3], TAXONOMY.other]


@st.composite
def votes_tables(draw):
    """Votes of up to ten annotators for three clips, some twice, some at the same moment."""
    one = st.tuples(
        st.sampled_from(["c1", "c2", "c3"]),
        st.sampled_from([f"a{n}" for n in range(10)]),
        st.sampled_from(ANSWERS),
        st.sampled_from([None, "2025-01-01T10:00:00Z", "2025-01-01T12:00:00+02:00", "2025-01-02"]),
    )
    rows = draw(st.lists(one, min_size=1, max_size=25))
    table = pd.DataFrame(rows, columns=["clip_id", "annotator", "label", "voted_at"])
    table = check(table.assign(campaign="x", seconds=None), HumanVotes)
    return table, draw(st.permutations(range(len(table))))


@settings(max_examples=60, deadline=None)
@given(votes_tables(), st.integers(1, 4), st.integers(0, 4))
def test_the_order_of_votes_decides_nothing(drawn, threshold, more):
    table, order = drawn
    campaign = Campaign.of("x", TAXONOMY, threshold + more, threshold)
    decisions = decide(table, campaign)
    pd.testing.assert_frame_equal(decisions, decide(table.iloc[list(order)], campaign))


@settings(max_examples=60, deadline=None)
@given(votes_tables(), st.integers(1, 4), st.integers(0, 4))
def test_outcomes_say_what_the_counted_votes_say(drawn, threshold, more):
    table, _ = drawn
    campaign = Campaign.of("x", TAXONOMY, threshold + more, threshold)
    counted = count_votes(table, campaign)
    assert not counted.duplicated(["clip_id", "annotator"]).any()
    decisions = decide(table, campaign).set_index("clip_id")
    assert set(decisions.index) == set(table["clip_id"])
    for clip_id, votes in counted.groupby("clip_id"):
        assert len(votes) <= campaign.annotators_per_clip
        counts = votes["label"].value_counts()
        leaders = counts[counts == counts.max()].index.tolist()
        said = decisions.loc[clip_id]
        assert (said["support"], said["votes"]) == (counts.max(), len(votes))
        if counts.max() < threshold:
            assert said["outcome"] == "miss"
        elif len(leaders) > 1:
            assert said["outcome"] == "tie"
        else:
            assert said["outcome"] == ("other" if leaders == ["other"] else "agreed")
        assert pd.isna(said["label"]) == (said["outcome"] != "agreed")
        if said["outcome"] == "agreed":
            assert said["label"] == leaders[0]


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


def test_the_latest_vote_of_an_annotator_counts(taxonomy):
    campaign = Campaign.of("x", taxonomy, 1, 1)
    votes = ballots("x", c="happy sad").assign(annotator="anna")
    earlier_first = dated(votes, "2025-01-01T10:00:00+00:00", "2025-01-01T11:00:00+00:00")
    later_first = dated(votes, "2025-01-01T12:00:00+00:00", "2025-01-01T11:00:00+00:00")
    assert decide(earlier_first, campaign)["label"].tolist() == ["sad"]
    assert decide(later_first, campaign)["label"].tolist() == ["happy"]


def test_times_are_compared_as_times_not_as_text(taxonomy):
    campaign = Campaign.of("x", taxonomy, 1, 1)
    votes = ballots("x", c="happy sad").assign(annotator="anna")
    votes = dated(votes, "2025-01-01T12:00:00+05:00", "2025-01-01T08:00:00Z")
    assert decide(votes, campaign)["label"].tolist() == ["sad"]


def test_a_dated_vote_replaces_an_undated_one(taxonomy):
    campaign = Campaign.of("x", taxonomy, 1, 1)
    votes = ballots("x", c="happy sad").assign(annotator="anna")
    votes["voted_at"] = ["2025-01-01", None]
    assert decide(votes, campaign)["label"].tolist() == ["happy"]


def test_whoever_answers_after_a_clip_is_complete_cannot_turn_it(taxonomy):
    campaign = Campaign.of("x", taxonomy, 3, 2)
    votes = dated(
        ballots("x", c="sad happy happy sad sad"),
        *(f"2025-01-0{day}" for day in (1, 2, 3, 4, 5)),
    )
    decisions = decide(votes, campaign)
    assert decisions[["label", "support", "votes"]].to_numpy().tolist() == [["happy", 2, 3]]


def test_no_votes_give_no_decisions(rounds):
    decisions = decide(empty(HumanVotes), rounds)
    assert decisions.empty
    assert decisions.columns.tolist() == ["clip_id", "label", "support", "votes", "outcome"]


def test_an_answer_that_is_none_of_the_campaigns_is_an_error(rounds):
    with pytest.raises(VotesError, match="a1 answered 'bored' for clip c"):
        decide(ballots("round_1", c="sad bored"), rounds)


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
    with pytest.raises(VotesError, match="1 clips were asked, but 0 labels and 0"):
        merge_labels(nothing, ["a"], nothing, none_dropped)
    both = check(
        pd.DataFrame([["a", "sad", "people", 2, 4, 1]], columns=nothing.columns), RoundLabels
    )
    twice = check(pd.DataFrame([["a", "other"]], columns=none_dropped.columns), Dropped)
    with pytest.raises(VotesError):
        merge_labels(nothing, ["a"], both, twice)
