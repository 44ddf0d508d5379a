"""A store that was made before there was a server: it is served, and its votes still count."""

import multiprocessing

import pytest
import sqlalchemy as sa
from support.annotating import World, clip_ids

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.database.engine import make_engine
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.store import VoteStore
from libra_emo.taxonomy import read_taxonomy

# the statements by which the third version made its tables
THIRD_SHAPE = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('0003');
CREATE TABLE annotators (key TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    active BOOLEAN NOT NULL, added_at TEXT NOT NULL, PRIMARY KEY (key));
CREATE TABLE campaigns (name TEXT NOT NULL, annotators_per_clip INTEGER NOT NULL,
    threshold INTEGER NOT NULL, labels TEXT NOT NULL, other TEXT NOT NULL, closed_at TEXT,
    PRIMARY KEY (name));
CREATE TABLE campaign_clips (campaign TEXT NOT NULL, clip_id TEXT NOT NULL, clip_key TEXT NOT NULL,
    PRIMARY KEY (campaign, clip_id), FOREIGN KEY(campaign) REFERENCES campaigns (name));
CREATE INDEX clips_of_campaign ON campaign_clips (campaign, clip_key);
CREATE TABLE votes (id {serial} NOT NULL, vote_id TEXT NOT NULL, campaign TEXT NOT NULL,
    clip_id TEXT NOT NULL, clip_key TEXT NOT NULL, annotator TEXT NOT NULL, label TEXT NOT NULL,
    received_at TEXT NOT NULL, voted_at TEXT, seconds FLOAT, PRIMARY KEY (id),
    FOREIGN KEY(campaign) REFERENCES campaigns (name),
    FOREIGN KEY(annotator) REFERENCES annotators (key));
CREATE UNIQUE INDEX votes_by_id ON votes (vote_id);
CREATE INDEX votes_of_clip ON votes (campaign, clip_key);
CREATE INDEX votes_in_order ON votes (campaign, received_at)
"""
IDS = clip_ids(3)
GIVEN = [(IDS[0], "ana", "sad"), (IDS[0], "ben", "happy"), (IDS[1], "ben", "angry")]
MOMENT = "2026-02-01T12:00:00.000000+00:00"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/votes.sqlite"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def old_url(url):
    """A store of the third version with three votes."""
    campaign = Campaign.of("bench", read_taxonomy(), 2, 1)
    engine = make_engine(url)
    serial = "INTEGER" if engine.dialect.name == "sqlite" else "SERIAL"
    labels = str(list(campaign.labels)).replace("'", '"')
    with engine.begin() as connection:
        for statement in THIRD_SHAPE.format(serial=serial).split(";"):
            connection.exec_driver_sql(statement)
        for key in ("ana", "ben"):
            row = {"key": key, "moment": MOMENT}
            insert = "INSERT INTO annotators VALUES (:key, :key, 'annotator', true, :moment)"
            connection.execute(sa.text(insert), row)
        insert = "INSERT INTO campaigns VALUES ('bench', 2, 1, :labels, 'other', NULL)"
        connection.execute(sa.text(insert), {"labels": labels})
        for clip in IDS:
            insert = "INSERT INTO campaign_clips VALUES ('bench', :clip, :key)"
            connection.execute(sa.text(insert), {"clip": clip, "key": clip_key(clip)})
        for number, (clip, person, label) in enumerate(GIVEN):
            row = {"vote": f"old-{number}", "clip": clip, "key": clip_key(clip)}
            insert = (
                "INSERT INTO votes (vote_id, campaign, clip_id, clip_key, annotator, label,"
                " received_at) VALUES (:vote, 'bench', :clip, :key, :person, :label, :moment)"
            )
            row |= {"person": person, "label": label, "moment": MOMENT}
            connection.execute(sa.text(insert), row)
    engine.dispose()
    return url


def test_a_store_from_before_the_server_is_served(old_url, tmp_path):
    world = World(tmp_path, clips=3, needed=2, url=old_url)
    ana, ben = world.enter("ana"), world.enter("ben")
    assert ana.next()["answered"] == 1 and ben.next()["answered"] == 2
    for person in (ana, ben):
        while not (answer := person.next())["done"]:
            assert person.vote(answer["task"]["token"], "neutral")["stored"]
    votes = world.store.votes("bench").set_index(["clip_id", "annotator"])["label"].to_dict()
    assert len(votes) == 6
    assert {place: votes[place[:2]] for place in GIVEN} == {place: place[2] for place in GIVEN}
    assert len(world.store.history("bench")) == 6


def open_store(url):
    return len(VoteStore(url).history("bench"))


def test_server_processes_that_start_at_once_bring_it_to_its_shape_once(old_url):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(open_store, [old_url] * 3) == [3, 3, 3]
    assert VoteStore(old_url).annotators()["ana"].added_at == MOMENT
