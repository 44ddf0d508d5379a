import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ballots import ballots, dated

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import VotesError, count_votes, decide
from libra_emo.schemas import HumanVotes, check, empty
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


def test_in_an_adjudication_the_last_decision_counts(bench):
    votes = dated(
        ballots("bench.adjudication", c="sad happy", d="sad happy"),
        *("2025-01-01", "2025-01-02", "2025-01-02", "2025-01-01"),
    )
    decisions = decide(votes, bench.adjudication)
    assert decisions["label"].tolist() == ["happy", "sad"]
    assert decisions["votes"].tolist() == [1, 1]
    undated = votes.assign(voted_at=[None, "2025-01-01", "2025-01-01", None])
    assert decide(undated, bench.adjudication)["label"].tolist() == ["happy", "sad"]
