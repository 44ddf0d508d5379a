import csv
import shutil
from datetime import UTC, datetime

import pytest
from support.ballots import ballots
from support.tiny_project import kedro, make_project

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.store import VoteStore
from libra_emo.taxonomy import read_taxonomy

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    make_project(tmp_path)
    store = VoteStore(f"sqlite:///{tmp_path}/data/01_raw/votes.sqlite")
    store.add_annotators(["a0", "a1", "José"], NOW)
    campaign = Campaign.of("round_1", read_taxonomy(), 2, 2)
    store.open_campaign(campaign, ["c1", "c2", "c3"])
    store.open_campaign(campaign.adjudication, ["c2"])
    store.add_votes(ballots("round_1", c1="sad sad", c2="sad happy", c3="sad"), NOW)
    return store


def test_progress_by_campaign_and_person_with_adjudication_named(store, tmp_path):
    lines = kedro(tmp_path, "campaigns").stdout.splitlines()
    assert lines == [
        "round_1 (open): 2 of 3 clips have their 2 answers, 1 answers are missing",
        "  1 clips without consensus so far, for round_1.adjudication",
        "  a0: 3 clips answered",
        "  a1: 2 clips answered",
        "round_1.adjudication (adjudication of round_1, open): 0 of 1 clips have their 1 answers, "
        "1 answers are missing",
    ]


def test_a_campaign_is_closed_and_reopened(store, tmp_path):
    closed = kedro(tmp_path, "campaigns", "close", "round_1")
    assert closed.stdout.startswith("round_1: closed\n1 of its clips lack votes")
    (tmp_path / "v.csv").write_text("campaign,clip_id,annotator,label\nround_1,c3,a1,sad\n")
    refused = kedro(tmp_path, "import-votes", "v.csv", check=False)
    assert "campaign 'round_1' is closed; open campaigns: round_1.adjudication" in refused.stderr
    assert kedro(tmp_path, "campaigns", "reopen", "round_1").stdout == "round_1: open\n"
    assert kedro(tmp_path, "import-votes", "v.csv").stdout.startswith("1 votes added")
    unknown = kedro(tmp_path, "campaigns", "close", "round_7", check=False)
    assert unknown.returncode == 1 and "never opened" in unknown.stderr


def test_lists_are_written_filled_in_and_imported(store, tmp_path):
    done = kedro(tmp_path, "export-queue", "round_1")
    folder = tmp_path / "data/01_raw/queues/round_1"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("round_1_José.csv", "round_1_a0.csv", "round_1_a1.csv")
    ]
    assert "clips for José" in done.stdout
    [(path, row)] = [(path, row) for path in folder.iterdir() for row in read(path)]
    assert (row["clip_id"], row["label"]) == ("c3", "")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row | {"label": "SAD"})
    again = kedro(tmp_path, "export-queue", "round_1", check=False)
    assert again.returncode == 1 and "has answers that were not imported" in again.stderr
    imported = kedro(tmp_path, "import-votes", str(path))
    assert imported.stdout.startswith("1 votes added")
    kedro(tmp_path, "export-queue", "round_1")
    assert not [row for path in folder.iterdir() for row in read(path)]
    shutil.rmtree(folder)


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
