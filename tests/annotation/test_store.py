import pickle
from datetime import UTC, datetime, timedelta

import pandas as pd
from support.ballots import ballots, dated

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.history import utc_text
from libra_emo.annotation.store import VoteStore

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def test_votes_come_back_as_they_went_in(store, rounds):
    store.open_campaign(rounds, ["c2", "c1"])
    votes = ballots("round_1", c1="happy sad", c2="other").assign(seconds=[1.5, None, 3.0])
    assert store.add_votes(votes, NOW) == 3
    expected = votes.assign(voted_at=utc_text(NOW))
    pd.testing.assert_frame_equal(store.votes("round_1"), expected)
    assert store.clips("round_1") == ["c1", "c2"]
    assert store.campaigns() == {"round_1": rounds}


def test_the_same_import_twice_adds_nothing(store, rounds):
    store.open_campaign(rounds, ["c1"])
    undated, timed = ballots("round_1", c1="happy sad"), ballots("round_1", c1="angry")
    timed = dated(timed.assign(annotator="zoe"), "2025-02-01T00:00:00Z")
    for table, expected in ((undated, 2), (timed, 1), (undated, 0), (timed, 0)):
        assert store.add_votes(table, LATER) == expected
    assert len(store.history("round_1")) == 3


def test_a_later_vote_replaces_the_older_one_and_the_history_keeps_both(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.add_votes(ballots("round_1", c1="happy"), NOW)
    store.add_votes(ballots("round_1", c1="sad"), LATER)
    assert store.votes("round_1")["label"].tolist() == ["sad"]
    assert store.history("round_1")["label"].tolist() == ["happy", "sad"]


def test_a_change_of_mind_and_back_again_is_kept(store, rounds):
    store.open_campaign(rounds, ["c1"])
    for minute, label in enumerate(["happy", "sad", "happy"]):
        store.add_votes(ballots("round_1", c1=label), NOW + timedelta(minutes=minute))
    assert store.votes("round_1")["label"].tolist() == ["happy"]
    assert len(store.history("round_1")) == 3


def test_the_latest_vote_is_the_one_with_the_latest_time_not_the_last_import(store, rounds):
    store.open_campaign(rounds, ["c1"])
    vote = ballots("round_1", c1="happy")
    store.add_votes(dated(vote, "2025-02-02T10:00:00+00:00"), NOW)
    store.add_votes(dated(vote.assign(label="sad"), "2025-02-02T11:30:00+02:00"), NOW)
    assert store.votes("round_1")["label"].tolist() == ["happy"]
    store.add_votes(dated(vote.assign(label="angry"), "2025-02-02T10:00:00+00:00"), NOW)
    assert store.votes("round_1")["label"].tolist() == ["angry"]


def test_opening_again_replaces_what_is_asked_and_keeps_the_votes(store, rounds, taxonomy):
    store.open_campaign(rounds, ["c1", "c2"])
    store.add_votes(ballots("round_1", c1="happy"), NOW)
    store.open_campaign(rounds, ["c1", "c2"])
    smaller = Campaign.of("round_1", taxonomy, annotators_per_clip=2, threshold=1)
    store.open_campaign(smaller, ["c2", "c3"])
    assert store.clips("round_1") == ["c2", "c3"]
    assert store.campaigns()["round_1"] == smaller
    assert len(store.votes("round_1")) == 1


def test_progress_counts_clips_that_have_all_their_votes(store, rounds):
    store.open_campaign(rounds, ["c1", "c2", "c3"])
    store.open_campaign(rounds.adjudication, ["c3"])
    store.add_votes(ballots("round_1", c1="sad sad happy happy", c2="sad sad"), NOW)
    first, second = store.progress()
    assert (first.campaign, first.clips, first.complete, first.votes) == (rounds, 3, 1, 6)
    assert (second.clips, second.complete, second.votes) == (1, 0, 0)


def test_the_digest_changes_with_the_votes_and_with_nothing_else(store, rounds):
    store.open_campaign(rounds, ["c1", "c2"])
    votes = dated(
        ballots("round_1", c1="happy", c2="sad"), "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"
    )
    empty = store.digest("round_1")
    store.add_votes(votes.iloc[1:], NOW)
    half = store.digest("round_1")
    store.add_votes(votes, LATER)
    whole = store.digest("round_1")
    assert len({empty, half, whole}) == 3
    store.open_campaign(rounds, ["c1"])
    assert store.digest("round_1") == whole
    again = VoteStore(store.url)
    assert again.digest("round_1") == whole
    assert again.digest("never opened") == empty


def test_two_stores_with_the_same_votes_in_another_order_have_one_digest(tmp_path, rounds):
    votes = dated(
        ballots("round_1", c1="happy", c2="sad"), "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"
    )
    digests = []
    for name, table in (("a", votes), ("b", votes.iloc[::-1])):
        store = VoteStore(f"sqlite:///{tmp_path}/{name}.db")
        store.open_campaign(rounds, ["c1", "c2"])
        store.add_votes(table, NOW)
        digests.append(store.digest("round_1"))
    assert digests[0] == digests[1]


def test_a_store_travels_to_another_process_by_its_url(store, rounds):
    store.open_campaign(rounds, ["c1"])
    assert pickle.loads(pickle.dumps(store)).clips("round_1") == ["c1"]
