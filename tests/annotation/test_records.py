import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from support.ballots import VOTERS, ballots, dated

from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.annotation.records import Restored, read_records, restore_records
from libra_emo.annotation.store import VoteStore
from libra_emo.datasets import TableDataset

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def full(store, rounds, bench):
    store.open_campaign(rounds, ["c1", "c2"])
    store.open_campaign(bench, ["b1"])
    store.add_annotators(["José"], NOW, role="adjudicator")
    store.change_annotator("ben", active=False)
    store.add_votes(ballots("round_1", c1="sad happy", c2="sad"), NOW)
    timed = dated(ballots("round_1", c1="angry"), "2025-03-01T12:00:00Z").assign(seconds=2.5)
    store.add_votes(timed, NOW + timedelta(minutes=1))
    store.close_campaign("bench", NOW)
    return store


@pytest.fixture
def other(tmp_path):
    return VoteStore(f"sqlite:///{tmp_path}/other.db")


def test_a_store_is_restored_from_its_table(full, other, tmp_path, rounds):
    dataset = TableDataset(filepath=str(tmp_path / "records.parquet"), schema="StoreRecords")
    dataset.save(read_records(full))
    assert restore_records(other, dataset.load()) == Restored(len(VOTERS) + 1, 2, 4)
    pd.testing.assert_frame_equal(read_records(other), read_records(full))
    assert other.campaigns() == full.campaigns()
    assert other.clips("round_1") == ["c1", "c2"]
    assert other.closed_campaigns() == full.closed_campaigns()
    assert other.annotators() == full.annotators()
    assert other.digest("round_1") == full.digest("round_1")
    pd.testing.assert_frame_equal(other.votes("round_1"), full.votes("round_1"))


def test_kinds_and_reasons_are_restored(full, other, rounds):
    """Otherwise votes on gold clips would come back as votes for labels."""
    rows = [
        QueueRow("g1", "gold", 0.25, 7, "sad"),
        QueueRow("g2", "gold", 0.25, 7, "happy", ("one", "another")),
    ]
    gold = rounds.mixed("gold", 0.1)
    full.open_campaign(gold, rows)
    restore_records(other, read_records(full))
    assert other.queue("round_1.gold") == rows
    assert other.campaigns()["round_1.gold"] == gold
    pd.testing.assert_frame_equal(read_records(other), read_records(full))


def test_records_of_a_version_without_kinds_are_restored(full, other):
    records = read_records(full)
    old = {"annotators_per_clip": 4, "threshold": 2, "closed_at": None}
    campaign = {**old, "labels": full.campaigns()["bench"].labels, "other": "other"}
    records.loc[records["kind"] == "campaign", "details"] = json.dumps(campaign)
    records.loc[records["kind"] == "clip", "details"] = None
    restore_records(other, records)
    assert other.campaigns()["bench"].kind == "labels"
    assert other.queue("bench") == [QueueRow("b1")]


def test_restoring_twice_changes_nothing_and_a_repeated_import_is_known(full, other):
    records = read_records(full)
    restore_records(other, records)
    assert restore_records(other, records) == Restored(0, 0, 0)
    assert other.add_votes(ballots("round_1", c1="sad happy", c2="sad"), NOW) == 0


def test_two_stores_are_joined_by_the_time_of_receipt(full, other, rounds):
    other.add_annotators(VOTERS, NOW)
    other.open_campaign(rounds, ["c1", "c2"])
    later = ballots("round_1", c1="ironic")
    other.add_votes(later, NOW + timedelta(hours=1))
    restored = restore_records(other, read_records(full))
    assert restored.votes == 4
    votes = other.votes("round_1").set_index(["clip_id", "annotator"])["label"]
    assert votes[("c1", "a0")] == "ironic"
    assert votes[("c1", "a1")] == "happy"


def test_an_empty_store_gives_an_empty_table(other):
    records = read_records(other)
    assert records.empty
    assert restore_records(other, records) == Restored(0, 0, 0)
