import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from support.ballots import ballots

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.store import VoteStore, VoteStoreError
from libra_emo.taxonomy import read_taxonomy

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)

FORK = multiprocessing.get_context("fork")  # a child that need not import everything again


def import_many(url: str, gate, first: int, count: int, annotator: str, sizes: list[int]) -> None:
    """Make the store if need be, wait for the others, and import the first clips of a range."""
    campaign = Campaign.of("round_1", read_taxonomy(), 4, 2)
    store = VoteStore(url)
    gate.wait()
    store.add_annotators([annotator], NOW)
    if not store.campaigns():
        store.open_campaign(campaign, ["clip_000000"])
    ids = [f"clip_{number:06d}" for number in range(first, first + count)]
    votes = pd.DataFrame({"campaign": "round_1", "clip_id": ids, "annotator": annotator})
    votes = votes.assign(label=campaign.labels[0], voted_at=None, seconds=1.0)
    for size in sizes:
        store.add_votes(votes.iloc[:size], NOW)


def start_imports(url: str, *arguments: tuple) -> list:
    gate = FORK.Barrier(len(arguments))
    children = [FORK.Process(target=import_many, args=(url, gate, *words)) for words in arguments]
    for child in children:
        child.start()
    return children


def kill(child) -> None:
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert child.exitcode == -signal.SIGKILL  # it had not come to its end


def test_a_killed_import_leaves_nothing_and_can_be_repeated(tmp_path, rounds):
    url, log = f"sqlite:///{tmp_path}/votes.db", tmp_path / "votes.db-wal"
    store = VoteStore(url)
    store.add_annotators(["a0"], NOW)
    store.open_campaign(rounds, ["clip_000000"])
    written = log.stat().st_size
    [child] = start_imports(url, (0, 40_000, "anna", [40_000]))
    deadline = time.monotonic() + 60
    while log.stat().st_size < written + 500_000:  # votes are on the disk, not yet committed
        assert child.is_alive() and time.monotonic() < deadline
        time.sleep(0.001)
    kill(child)
    assert len(store.history("round_1")) == 0
    assert store.add_votes(ballots("round_1", clip_000000="happy"), NOW) == 1


def test_what_was_imported_before_a_kill_stays(tmp_path, rounds):
    store = VoteStore(f"sqlite:///{tmp_path}/votes.db")
    store.open_campaign(rounds, ["clip_000000"])
    [child] = start_imports(store.url, (0, 500, "anna", list(range(1, 501))))
    deadline = time.monotonic() + 60
    while len(store.history("round_1")) < 3:
        assert time.monotonic() < deadline
    seen = len(store.history("round_1"))
    kill(child)
    found = VoteStore(store.url).history("round_1")
    assert len(found) >= seen
    assert found["clip_id"].tolist() == [f"clip_{n:06d}" for n in range(len(found))]


def two_imports_at_once(url: str) -> None:
    """Two processes make the tables, open the campaign and import, with votes in common."""
    children = start_imports(
        url,
        (0, 300, "anna", list(range(50, 301, 50))),
        (150, 300, "anna", list(range(20, 301, 20))),
    )
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    store = VoteStore(url)
    assert len(store.votes("round_1")) == len(store.history("round_1")) == 450


def test_two_processes_may_import_at_once(sqlite_url):
    two_imports_at_once(sqlite_url)


@pytest.mark.postgres
def test_two_processes_may_import_at_once_into_postgresql(postgres_url):
    two_imports_at_once(postgres_url)


def test_one_bad_vote_keeps_the_whole_import_out(store, rounds):
    store.open_campaign(rounds, ["c1"])
    votes = ballots("round_1", c1="happy sad")
    votes.loc[1, "campaign"] = "round_9"
    with pytest.raises(VoteStoreError, match="'round_9' was never opened"):
        store.add_votes(votes, NOW)
    assert store.votes("round_1").empty


def test_nothing_is_made_before_the_first_use(tmp_path):
    VoteStore(f"sqlite:///{tmp_path}/votes.db")
    assert list(tmp_path.iterdir()) == []


def test_a_campaign_that_was_never_opened_has_no_votes_and_no_clips(store):
    assert store.votes("nobody").empty
    assert store.clips("nobody") == []
    assert store.progress() == []


def test_no_votes_are_no_error(store):
    assert store.add_votes(ballots("round_1"), NOW) == 0


def test_names_with_quotes_and_chinese_survive(store, rounds):
    store.open_campaign(rounds, ["片段'1", 'c"; DROP TABLE votes; --'])
    votes = ballots("round_1", **{"片段'1": "happy", 'c"; DROP TABLE votes; --': "sad"})
    store.add_votes(votes.assign(annotator="王芳"), NOW)
    assert store.votes("round_1")["annotator"].tolist() == ["王芳", "王芳"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("not a url", "not a SQLAlchemy URL"),
        ("nosuchbase://host/votes", "nosuchbase"),
        ("postgresql+nosuchdriver://host/votes", "nosuchdriver"),
    ],
)
def test_a_store_that_cannot_be_reached_says_where_to_look(url, words):
    with pytest.raises(VoteStoreError, match=words):
        VoteStore(url).campaigns()


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path):
    path = tmp_path / "votes.db"
    path.write_text("this is a text of mine, not a database\n" * 100)
    with pytest.raises(VoteStoreError, match="annotation_store"):
        VoteStore(f"sqlite:///{path}").campaigns()
    assert path.read_text().startswith("this is a text of mine")


def test_a_password_is_never_shown():
    with pytest.raises(VoteStoreError) as trouble:
        VoteStore("postgresql+nosuchdriver://me:secret@host/votes").campaigns()
    assert "secret" not in str(trouble.value)
