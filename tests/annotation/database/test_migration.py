from datetime import UTC, datetime

import pandas as pd
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import count_votes
from libra_emo.annotation.database import tables
from libra_emo.annotation.database.engine import make_engine
from libra_emo.annotation.database.migration import LATEST, StoreVersionError, find_version
from libra_emo.annotation.database.tables import METADATA
from libra_emo.annotation.database.vote_checksums import checksum_vote
from libra_emo.annotation.identity.vote_ids import VoteIds
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.annotation.records import read_records, restore_records
from libra_emo.annotation.store import VoteStore

# the statements by which stores of the first version were made
FIRST_SHAPE = """
CREATE TABLE campaigns (name TEXT NOT NULL, annotators_per_clip INTEGER NOT NULL,
    threshold INTEGER NOT NULL, labels TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE campaign_clips (campaign TEXT NOT NULL, clip_id TEXT NOT NULL,
    PRIMARY KEY (campaign, clip_id), FOREIGN KEY(campaign) REFERENCES campaigns (name));
CREATE TABLE votes (id {serial} NOT NULL, campaign TEXT NOT NULL, clip_id TEXT NOT NULL,
    annotator TEXT NOT NULL, label TEXT NOT NULL, voted_at TEXT NOT NULL, seconds FLOAT,
    PRIMARY KEY (id), FOREIGN KEY(campaign) REFERENCES campaigns (name));
CREATE INDEX votes_of_clip ON votes (campaign, clip_id);
INSERT INTO campaigns VALUES ('round_1', 4, 2, '["sad", "happy", "angry"]', 'other');
INSERT INTO campaign_clips VALUES ('round_1', 'f-1a2b3c4d-00001000-00005000'),
    ('round_1', 'c2')
"""
CLIP = "f-1a2b3c4d-00001000-00005000"
IMPORTED, DATED = "2025-03-01T12:00:00.123456+00:00", "2025-02-01T08:00:00.000000+00:00"
VOTES = [
    (CLIP, "José", "sad", IMPORTED),
    (CLIP, "ben", "happy", IMPORTED),
    (CLIP, "Jose\u0301", "angry", "2025-03-02T12:00:00.500000+00:00"),
    (CLIP, "ben", "sad", DATED),
    ("c2", "ben", "sad", "2126-01-01T00:00:00.000000+00:00"),
]
NOW = datetime(2025, 4, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def old_store(url):
    engine = make_engine(url)
    serial = "INTEGER" if engine.dialect.name == "sqlite" else "SERIAL"
    with engine.begin() as connection:
        for statement in FIRST_SHAPE.format(serial=serial).split(";"):
            connection.exec_driver_sql(statement)
        for clip, annotator, label, moment in VOTES:
            insert = "INSERT INTO votes (campaign, clip_id, annotator, label, voted_at) "
            connection.execute(
                sa.text(insert + "VALUES ('round_1', :clip, :annotator, :label, :moment)"),
                {"clip": clip, "annotator": annotator, "label": label, "moment": moment},
            )
    engine.dispose()
    return VoteStore(url)


def test_a_store_of_the_first_version_keeps_its_votes_and_what_counts(old_store):
    votes = old_store.votes("round_1").set_index(["clip_id", "annotator"])["label"]
    # by the rule of the first version the latest time counted; José was two people
    expected = {("c2", "ben"): "sad", (CLIP, "José"): "angry", (CLIP, "ben"): "happy"}
    assert votes.to_dict() == expected
    assert len(old_store.history("round_1")) == 5
    assert [person.name for person in old_store.annotators().values()] == ["ben", "José"]


def test_what_was_typed_wrong_in_the_first_version_can_be_corrected(old_store):
    table = old_store.votes("round_1").query("clip_id == 'c2'")
    table = table.assign(label="happy", voted_at=None).drop(columns="received_at")
    assert old_store.add_votes(table, datetime.now(UTC)) == 1
    campaign = old_store.campaigns()["round_1"]
    counted = count_votes(old_store.history("round_1"), campaign).set_index("clip_id")
    assert counted.loc["c2", "label"] == "happy"


def test_a_file_that_was_imported_before_is_known_after(old_store):
    first = old_store.history("round_1").query("annotator == 'ben' and voted_at.isna()")
    table = first.drop(columns=["received_at", "number", "vote_id"])
    assert len(table) == 1
    assert old_store.add_votes(table, NOW) == 0


def drop_fresh(connection):
    """Take away what the eighth version added."""
    connection.exec_driver_sql("ALTER TABLE campaigns DROP COLUMN fresh")


def drop_checksums(connection):
    """Take away what the seventh version and later ones added."""
    drop_fresh(connection)
    connection.exec_driver_sql("ALTER TABLE votes DROP COLUMN crc32")


def drop_adjudication(connection):
    """Take away what the sixth version and later ones added."""
    drop_checksums(connection)
    connection.exec_driver_sql("DROP TABLE adjudication_messages")
    for table, column in (
        ("votes", "blind"),
        ("vote_details", "began_at"),
        ("assignments", "opened_at"),
    ):
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def drop_kinds(connection):
    """Take away what the fifth version and later ones added."""
    drop_adjudication(connection)
    for table, columns in (
        ("campaigns", ("kind", "rate", "distance")),
        ("campaign_clips", ("reason", "inclusion_probability", "draw_seed", "truth", "texts")),
    ):
        for column in columns:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def drop_server_tables(connection):
    """Take away what the fourth version and later ones added."""
    drop_kinds(connection)
    connection.exec_driver_sql("DROP INDEX votes_of_annotator")
    for table in ("server_secrets", "links", "assignments", "vote_details"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def test_votes_of_the_second_version_follow_a_film_that_gets_another_name(url):
    """Its key of a clip was the whole id, and so were the votes' ids made of it."""
    store = VoteStore(url)
    campaign = Campaign("bench", 1, 1, ("sad", "happy"), "other")
    store.open_campaign(campaign, [CLIP])
    store.add_annotators(["Ana"], NOW)
    answers = [(CLIP, "sad"), (CLIP, "happy"), (CLIP, "sad")]
    table = pd.DataFrame(
        [("bench", clip, "Ana", label, None, None) for clip, label in answers],
        columns=["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"],
    )
    store.add_votes(table, NOW)
    ids = VoteIds()
    former = [ids.give("bench", CLIP, "ana", label, None) for _, label in answers]
    with make_engine(url).begin() as connection:
        for number, vote_id in zip(store.history("bench")["number"], former, strict=True):
            change = "UPDATE votes SET clip_key = clip_id, vote_id = :vote WHERE id = :number"
            connection.execute(sa.text(change), {"vote": vote_id, "number": int(number)})
        for row in connection.execute(sa.select(tables.VOTES)).mappings().all():
            seal = sa.update(tables.VOTES).where(tables.VOTES.c.id == row["id"])
            connection.execute(seal.values(crc32=checksum_vote(row)))
        connection.exec_driver_sql("UPDATE campaign_clips SET clip_key = clip_id")
    records = read_records(store)  # as the second version shared them
    with make_engine(url).begin() as connection:
        drop_server_tables(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    assert former == records["vote_id"].dropna().tolist()

    migrated = VoteStore(url)
    renamed = CLIP.replace("f-", "other-name-")
    migrated.open_campaign(campaign, [renamed])
    assert migrated.votes("bench")["clip_id"].tolist() == [renamed]
    assert migrated.add_votes(table, NOW) == 0
    assert restore_records(migrated, records).votes == 0


def test_queues_of_the_fourth_version_say_why_they_ask(url):
    store = VoteStore(url)
    campaigns = [Campaign(name, 1, 1, ("sad", "happy"), "other") for name in ("bench", "round_0")]
    for campaign in campaigns:
        store.open_campaign(campaign, [CLIP])
    with make_engine(url).begin() as connection:
        drop_kinds(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    migrated = VoteStore(url)
    assert migrated.campaigns() == {campaign.name: campaign for campaign in campaigns}
    assert migrated.queue("bench") == [QueueRow(CLIP)]
    assert migrated.queue("round_0") == [QueueRow(CLIP, "undecided")]


def test_adjudications_of_the_fifth_version_are_decisions(url):
    store = VoteStore(url)
    adjudication = Campaign("bench", 1, 1, ("sad", "happy"), "other").adjudication
    store.open_campaign(adjudication, [CLIP])
    store.add_annotators(["Ana"], NOW)
    row = (adjudication.name, CLIP, "Ana", "sad", None, None)
    columns = ["campaign", "clip_id", "annotator", "label", "voted_at", "seconds"]
    store.add_votes(pd.DataFrame([row], columns=columns), NOW)
    with make_engine(url).begin() as connection:
        drop_adjudication(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
    assert VoteStore(url).votes(adjudication.name)["label"].tolist() == ["sad"]


def test_audits_of_the_seventh_version_ask_fresh_people_from_now_on(url):
    store = VoteStore(url)
    campaign = Campaign("round_1", 1, 1, ("sad", "happy"), "other")
    for one in (campaign, campaign.mixed("audit")):
        store.open_campaign(one, [CLIP])
    with make_engine(url).begin() as connection:
        drop_fresh(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0007'")
    found = VoteStore(url).campaigns()
    assert {name: one.fresh for name, one in found.items()} == {
        "round_1": False,
        "round_1.audit": True,
    }


def test_migrated_and_new_tables_are_the_declared_ones(old_store, url):
    old_store.campaigns()
    with make_engine(url).begin() as connection:
        assert find_version(connection) == LATEST
        assert not compare_metadata(MigrationContext.configure(connection), METADATA)


def test_a_new_store_has_the_declared_tables_and_the_latest_version(url):
    VoteStore(url).campaigns()
    with make_engine(url).begin() as connection:
        assert find_version(connection) == LATEST
        assert not compare_metadata(MigrationContext.configure(connection), METADATA)


def test_a_store_of_a_later_version_is_refused_in_one_line(url):
    VoteStore(url).campaigns()
    with make_engine(url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreVersionError, match="later version"):
        VoteStore(url).campaigns()
