"""Stores of votes and paid answers: what DVC gets of them, and stores made from that."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from kedro.io import CatalogConfigResolver, DataCatalog
from support.tiny_project import add_dvc, call, dvc, make_project

from libra_emo.annotation.campaigns import Campaign
from libra_emo.hooks.shared_stores import restore_answers, restore_stores, share_stores
from libra_emo.llm.ledger.ledger import RecordedAnswer

ROOT = Path(__file__).parents[2]
PEOPLE = {"annotators": "people"}
NOW = datetime(2026, 1, 2, tzinfo=UTC)
ANSWER = RecordedAnswer(key="k1", asked="{}", status="answered", reply="sad", cost_usd=0.5)
TABLE = "data/01_raw/vote_records.parquet"
RECORDING = "data/04_feature/recorded_answers.jsonl.gz"


def open_catalog(folder):
    kinds = "libra_emo.datasets."
    config = {
        "annotation_store": {
            "type": f"{kinds}VoteStoreDataset",
            "credentials": "store",
            "path": str(folder),
        },
        "vote_records": {
            "type": f"{kinds}TableDataset",
            "filepath": str(folder / TABLE),
            "schema": "StoreRecords",
        },
        "answers": {
            "type": f"{kinds}LedgerDataset",
            "filepath": str(folder / "data/04_feature/answers.sqlite"),
        },
        "recorded_answers": {
            "type": f"{kinds}RecordingDataset",
            "filepath": str(folder / RECORDING),
        },
    }
    credentials = {"store": {"url": "sqlite:///data/01_raw/votes.sqlite"}}
    return DataCatalog(config_resolver=CatalogConfigResolver(config, credentials))


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    add_dvc(make_project(folder))
    shutil.copy(ROOT / ".gitignore", folder)
    return folder


def give_votes(catalog):
    store = catalog.load("annotation_store")
    campaign = Campaign(
        "bench", annotators_per_clip=1, threshold=1, labels=("sad", "happy"), other=True
    )
    store.add_annotators(["Anna"], NOW)
    store.open_campaign(campaign, ["a"])
    vote = {"campaign": "bench", "clip_id": "a", "annotator": "Anna", "label": "sad"}
    table = pd.DataFrame([{**vote, "voted_at": None, "seconds": None}])
    store.add_votes(table, NOW)
    return store.digest("bench")


def test_empty_stores_leave_no_file(project):
    catalog = open_catalog(project)
    catalog.load("answers").close()
    share_stores(PEOPLE, catalog, project)
    share_stores({"annotators": "simulated"}, catalog, project)
    assert not (project / TABLE).exists() and not (project / RECORDING).exists()


def test_votes_and_answers_travel_to_a_clone(project, tmp_path):
    catalog = open_catalog(project)
    digest = give_votes(catalog)
    with catalog.load("answers") as ledger:
        ledger.add([ANSWER])
    share_stores(PEOPLE, catalog, project)
    share_stores(PEOPLE, catalog, project)
    dvc(project, "remote", "add", "-d", "store", str(tmp_path / "store"))
    dvc(project, "push")
    call(project, "git", "add", ".")
    call(project, "git", "commit", "-qm", "Share")
    call(tmp_path, "git", "clone", "-q", "project", "clone")
    clone = tmp_path / "clone"
    records = [f"{TABLE}.dvc", f"{RECORDING}.dvc"]
    dvc(clone, "pull", *records)
    files = {p.name for p in (clone / "data").rglob("*") if p.is_file()}
    assert {"vote_records.parquet", "recorded_answers.jsonl.gz"} <= files
    assert not [name for name in files if "sqlite" in name]
    there = open_catalog(clone)
    restore_stores(PEOPLE, there)
    assert there.load("annotation_store").digest("bench") == digest
    with there.load("answers") as ledger:
        assert [answer.reply for answer in ledger.answers()] == ["sad"]
    # and nothing is new there
    share_stores(PEOPLE, there, clone)
    assert "up to date" in dvc(clone, "status", *records).stdout


def test_a_store_with_content_is_left_as_it_is_unless_it_is_asked_for(project):
    catalog = open_catalog(project)
    with catalog.load("answers") as ledger:
        ledger.add([ANSWER])
    share_stores(PEOPLE, catalog, project)
    for path in (project / "data/04_feature").glob("answers.sqlite*"):
        path.unlink()
    other = RecordedAnswer(key="k2", asked="{}", status="answered", reply="happy")
    with catalog.load("answers") as ledger:
        ledger.add([other])
    restore_stores(PEOPLE, catalog)
    assert restore_answers(catalog, "answers", only_empty=False) == 1
    assert restore_answers(catalog, "answers", only_empty=False) == 0
    with catalog.load("answers") as ledger:
        assert [answer.key for answer in ledger.answers()] == ["k1", "k2"]


def test_an_answer_that_came_later_is_shared_too(project):
    catalog = open_catalog(project)
    with catalog.load("answers") as ledger:
        ledger.add([ANSWER])
    share_stores(PEOPLE, catalog, project)
    before = (project / f"{RECORDING}.dvc").read_text()
    later = RecordedAnswer(key="k2", asked="{}", status="answered", reply="happy")
    with catalog.load("answers") as ledger:
        ledger.add([later])
    share_stores(PEOPLE, catalog, project)
    assert (project / f"{RECORDING}.dvc").read_text() != before


def test_trouble_with_sharing_is_a_warning(project, caplog):
    catalog = open_catalog(project)
    with catalog.load("answers") as ledger:
        ledger.add([ANSWER])
    shutil.rmtree(project / ".dvc")
    (project / "dvc.yaml").write_text("stages: [")
    share_stores(PEOPLE, catalog, project)
    assert (project / RECORDING).is_file()
