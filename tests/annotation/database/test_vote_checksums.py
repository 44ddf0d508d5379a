import random
import sqlite3
from datetime import UTC, datetime

import pandas as pd
import pytest
import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.engine import make_engine
from libra_emo.annotation.database.tables import VOTES
from libra_emo.annotation.database.vote_checksums import DamagedVotesError, checksum_vote, sealed
from libra_emo.annotation.records import read_records, restore_records
from libra_emo.annotation.store import VoteStore
from libra_emo.errors import LibraEmoError

NOW = datetime(2025, 4, 1, tzinfo=UTC)
CAMPAIGN = Campaign("bench", 2, 1, ("sad", "happy"), "other")
COLUMNS = ["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"]
CHANGES = [
    *(("label", "happy"), ("clip_id", "film-0"), ("clip_key", "film-1"), ("seconds", 3.25)),
    *(("received_at", "2024-01-01T00:00:00.000000+00:00"), ("voted_at", None), ("blind", True)),
    *(("vote_id", "another"), ("crc32", "00000000"), ("annotator", "ben")),
]


def fill(url):
    store = VoteStore(url)
    clips = [f"film-{number}" for number in range(40)]
    store.open_campaign(CAMPAIGN, clips)
    store.add_annotators(["Ana", "Ben"], NOW)
    rows = [("bench", clip, "Ana", "sad", NOW.isoformat(), 1.5) for clip in clips]
    store.add_votes(pd.DataFrame(rows, columns=COLUMNS), NOW)
    return store


@pytest.mark.parametrize(("column", "value"), CHANGES)
def test_every_value_of_a_vote_that_changes_is_noticed(tmp_path, column, value):
    store = fill(f"sqlite:///{tmp_path / 'votes.db'}")
    with store.writing() as connection:
        row = VOTES.c.clip_id == "film-7"
        connection.execute(sa.update(VOTES).where(row).values({column: value}))
    for read in (lambda: store.votes("bench"), lambda: read_records(store)):
        with pytest.raises(DamagedVotesError, match=r"1 of its votes .*vote_records\.parquet"):
            read()


def test_flipped_bits_in_the_file_are_noticed_or_change_no_vote(tmp_path):
    path = tmp_path / "votes.db"
    wanted = fill(f"sqlite:///{path}").history("bench")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    noticed = 0
    for number in random.Random(1).sample(range(8 * len(content)), 60):
        for beside in tmp_path.glob("votes.db-*"):
            beside.unlink()
        changed = bytearray(content)
        changed[number // 8] ^= 1 << number % 8
        path.write_bytes(changed)
        try:
            store = VoteStore(f"sqlite:///{path}")
            found = store.history("bench")
            store._engine.dispose()
        except LibraEmoError:
            noticed += 1
            continue
        # the name of a campaign or clip is not part of a vote
        assert found["label"].tolist() == wanted["label"].tolist()
        assert found["vote_id"].tolist() == wanted["vote_id"].tolist()
    assert noticed > 0


def test_damage_in_a_file_names_the_last_whole_copy(tmp_path):
    (tmp_path / "votes.db").write_bytes(b"SQLite format 3\0" + b"\1" * 5000)
    with pytest.raises(LibraEmoError, match=r"kedro restore-votes data/01_raw/vote_records"):
        VoteStore(f"sqlite:///{tmp_path / 'votes.db'}").campaigns()


def test_a_new_store_made_from_the_copy_is_whole(tmp_path):
    store = fill(f"sqlite:///{tmp_path / 'votes.db'}")
    copy = read_records(store)
    new = VoteStore(f"sqlite:///{tmp_path / 'new.db'}")
    restore_records(new, copy)
    assert read_records(new).equals(copy)


def test_a_vote_is_sealed_as_the_database_returns_it(sqlite_url):
    fill(sqlite_url)
    with make_engine(sqlite_url).connect() as connection:
        for row in connection.execute(sa.select(VOTES)).mappings():
            assert row["crc32"] == checksum_vote(row) == sealed(row)["crc32"]
    assert sealed({"seconds": 1})["crc32"] == sealed({"seconds": 1.0, "blind": False})["crc32"]
