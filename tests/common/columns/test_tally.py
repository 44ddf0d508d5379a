import numpy as np
import pandas as pd
from crowdkit.aggregation import MajorityVote
from hypothesis import given, settings
from hypothesis import strategies as st

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import AGREED, OTHER, decide
from libra_emo.common.columns.tally import count_answers, find_leaders
from libra_emo.schemas import HumanVotes, check
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1))
def test_leaders_are_the_answers_with_most_votes(votes):
    units, answers = (np.array(places) for places in zip(*votes, strict=True))
    counts = count_answers(units, answers, (5, 3))
    assert counts.sum() == len(votes)
    leaders = find_leaders(counts)
    for unit in range(5):
        given_here = [answer for place, answer in votes if place == unit]
        sizes = [given_here.count(answer) for answer in range(3)]
        assert leaders.support[unit] == max(sizes)
        assert leaders.answer[unit] == sizes.index(max(sizes))
        assert leaders.leading[unit] == sizes.count(max(sizes))
        assert leaders.votes[unit] == len(given_here)


def make_votes(count):
    """Return HumanVotes of four annotators for each clip."""
    campaign = Campaign.of("round_1", TAXONOMY, 4, 1)
    draw = np.random.default_rng(0)
    numbers = np.arange(count)
    people = np.array([f"person {number}" for number in range(50)])
    table = pd.DataFrame(
        {
            "campaign": "round_1",
            "clip_id": [f"film-{number:08x}-000001000-000005000" for number in numbers // 4],
            "annotator": people[numbers % 4 + (numbers // 4) % 46],
            "label": np.array(campaign.answers)[np.minimum(draw.geometric(0.3, count) - 1, 13)],
            "voted_at": pd.Series([None] * count, dtype="str"),
            "seconds": np.nan,
        }
    )
    return campaign, check(table, HumanVotes)


def test_winners_are_those_of_crowd_kit_where_there_is_no_tie():
    campaign, votes = make_votes(100_000)
    decided = decide(votes, campaign).set_index("clip_id")
    long = votes.rename(columns={"clip_id": "task", "annotator": "worker"})
    theirs = MajorityVote().fit_predict(long[["task", "worker", "label"]])
    clear = decided["outcome"].isin([AGREED, OTHER])
    winners = decided["label"].fillna(campaign.other)
    assert clear.sum() > 10_000
    assert (winners[clear] == theirs[winners.index][clear]).all()
