import pickle
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from support.ballots import VOTERS, ballots, dated

from libra_emo.annotation.annotators import UnknownAnnotator
from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import count_votes
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore, VoteStoreError

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def add(store, *tables):
    """Add tables one after the other, a minute between them; return how many votes were new."""
    return [store.add_votes(t, NOW + timedelta(minutes=n)) for n, t in enumerate(tables)]


def test_votes_come_back_as_they_went_in(store, rounds):
    store.open_campaign(rounds, ["c2", "c1"])
    votes = ballots("round_1", c1="happy sad", c2="other").assign(seconds=[1.5, None, 3.0])
    assert store.add_votes(votes, NOW) == 3
    expected = votes.assign(received_at=utc_text(NOW))
    pd.testing.assert_frame_equal(store.votes("round_1"), expected)
    assert store.clips("round_1") == ["c1", "c2"]
    assert store.campaigns() == {"round_1": rounds}


def test_the_same_import_again_changes_nothing_whatever_came_between(store, rounds):
    store.open_campaign(rounds, ["c1"])
    undated, timed = ballots("round_1", c1="happy sad"), ballots("round_1", c1="angry")
    timed = dated(timed.assign(annotator="zoe"), "2025-02-01T00:00:00Z")
    correction = ballots("round_1", c1="sad")
    assert add(store, undated, timed, correction, undated, timed) == [2, 1, 1, 0, 0]
    votes = store.votes("round_1").set_index("annotator")["label"]
    assert votes.to_dict() == {"a0": "sad", "a1": "sad", "zoe": "angry"}


def test_a_later_vote_replaces_the_older_one_and_the_history_keeps_both(store, rounds):
    store.open_campaign(rounds, ["c1"])
    add(store, ballots("round_1", c1="happy"), ballots("round_1", c1="sad"))
    assert store.votes("round_1")["label"].tolist() == ["sad"]
    assert store.history("round_1")["label"].tolist() == ["happy", "sad"]


def test_of_one_persons_answers_in_one_table_the_last_counts(store, rounds):
    store.open_campaign(rounds, ["c1"])
    table = ballots("round_1", c1="sad happy sad").assign(annotator="anna")
    assert add(store, table, table) == [3, 0]
    assert store.votes("round_1")["label"].tolist() == ["sad"]


def test_a_longer_table_that_repeats_an_older_one_reverts_no_correction(store, rounds):
    store.open_campaign(rounds, ["c1", "c2"])
    old, correction = ballots("round_1", c1="happy"), ballots("round_1", c1="sad")
    longer = ballots("round_1", c1="happy", c2="angry")
    assert add(store, old, correction, longer) == [1, 1, 1]
    assert store.votes("round_1")["label"].tolist() == ["sad", "angry"]


def test_an_answer_that_is_given_again_with_a_new_time_counts_again(store, rounds):
    store.open_campaign(rounds, ["c1"])
    table = ballots("round_1", c1="happy")
    add(store, table, ballots("round_1", c1="sad"), dated(table, "2025-03-01T12:10:00Z"))
    assert store.votes("round_1")["label"].tolist() == ["happy"]


def test_the_stores_time_orders_votes_whatever_the_sender_says(store, rounds):
    store.open_campaign(rounds, ["c1"])
    vote = ballots("round_1", c1="happy")
    for moment, label in (
        ("2126-01-01T00:00:00+00:00", "happy"),
        ("1970-01-01T00:00:00+00:00", "sad"),
        ("2025-02-02T11:30:00", "angry"),
        ("2025-02-02T02:30:00+02:00", "happy"),
        ("2025-02-02T02:10:00+01:00", "ironic"),
    ):
        store.add_votes(dated(vote.assign(label=label), moment), NOW)
        assert store.votes("round_1")["label"].tolist() == [label]
    assert store.history("round_1")["voted_at"].iloc[0] == "2126-01-01T00:00:00+00:00"


def test_a_clock_that_is_set_back_loses_no_answer(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.add_votes(ballots("round_1", c1="happy"), LATER)
    store.add_votes(ballots("round_1", c1="sad"), NOW)
    assert store.votes("round_1")["label"].tolist() == ["sad"]
    received = store.history("round_1")["received_at"].tolist()
    assert received == sorted(received) and received[0] == utc_text(LATER)


def test_only_registered_people_vote_whatever_the_spelling(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.add_annotators(["José"], NOW)
    votes = ballots("round_1", c1="happy happy happy happy")
    spellings = ["Jose\u0301", "JOSÉ", " jos\u200bé ", "josé"]
    add(store, votes.assign(annotator=spellings))
    counted = count_votes(store.history("round_1"), rounds)
    assert counted[["annotator", "label"]].to_numpy().tolist() == [["José", "happy"]]
    with pytest.raises(UnknownAnnotator, match=r"not registered: 'Jose'; registered: a0, .*José"):
        add(store, votes.assign(annotator="Jose"))


def test_a_closed_campaign_takes_no_votes_until_it_is_opened_again(store, rounds):
    store.open_campaign(rounds, ["c1"])
    store.close_campaign("round_1", NOW)
    store.open_campaign(rounds, ["c1", "c2"])
    assert store.closed_campaigns() == {"round_1": utc_text(NOW)}
    with pytest.raises(
        VoteStoreError, match=r"'round_1' is closed.*kedro campaigns reopen round_1"
    ):
        store.add_votes(ballots("round_1", c1="happy"), NOW)
    store.reopen_campaign("round_1")
    assert store.add_votes(ballots("round_1", c1="happy"), NOW) == 1
    with pytest.raises(VoteStoreError, match="'round_9' was never opened"):
        store.close_campaign("round_9", NOW)


def test_votes_follow_a_film_that_gets_another_name(store, rounds):
    old, new = (f"{name}-1a2b3c4d-00012000-00016500" for name in ("my-film", "renamed"))
    store.open_campaign(rounds, [old])
    store.add_votes(ballots("round_1", **{old: "happy sad"}), NOW)
    store.open_campaign(rounds, [new])
    assert store.votes("round_1")["clip_id"].tolist() == [new, new]
    assert store.add_votes(ballots("round_1", **{old: "happy sad"}), LATER) == 0
    store.add_votes(ballots("round_1", **{new: "angry"}), LATER)
    assert store.votes("round_1")["label"].tolist() == ["angry", "sad"]


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
    assert (first.missing, first.closed) == (6, False)
    assert first.by_person == {"a0": 2, "a1": 2, "a2": 1, "a3": 1}


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
        store.add_annotators(VOTERS, NOW)
        store.open_campaign(rounds, ["c1", "c2"])
        store.add_votes(table, NOW)
        digests.append(store.digest("round_1"))
    assert digests[0] == digests[1]


def test_a_store_travels_to_another_process_by_its_url(store, rounds):
    store.open_campaign(rounds, ["c1"])
    assert pickle.loads(pickle.dumps(store)).clips("round_1") == ["c1"]


@pytest.mark.parametrize(
    ("cause", "advice"),
    [
        ("database or disk is full", "make room on its disk"),
        ("database is locked", "end the program that keeps it locked"),
        ("no such host", "check `annotation_store` in the credentials"),
    ],
)
def test_each_failure_says_what_helps(tmp_path: Path, cause: str, advice: str) -> None:
    store = VoteStore(f"sqlite:///{tmp_path}/votes.sqlite")
    with pytest.raises(VoteStoreError, match=advice), store._clear_errors():
        raise sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError(cause))
