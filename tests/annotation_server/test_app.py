"""A whole campaign through the interface."""

import sqlalchemy as sa
from support.annotating import World

from libra_emo.annotation.consensus import decide
from libra_emo.annotation.database.tables import VOTE_DETAILS

PEOPLE = ("ana", "ben", "zoe")


def answer_everything(people):
    """Let people take turns until nobody gets a clip; return what each one was given."""
    given = {person.key: [] for person in people}
    labels = dict(zip(given, ("sad", "happy", "other"), strict=False))
    left = list(people)
    while left:
        for person in list(left):
            answer = person.next()
            if answer["done"]:
                left.remove(person)
                continue
            given[person.key].append(answer["task"]["token"])
            label = labels[person.key]
            reason = "offensive" if label == "other" else None
            sent = person.vote(answer["task"]["token"], label, reason=reason, note="a hidden note")
            assert len(sent["stored"]) == 1
    return given


def test_everybody_answers_and_the_pipeline_reads_the_votes(tmp_path):
    world = World(tmp_path, PEOPLE, clips=10, needed=2)
    given = answer_everything([world.enter(name) for name in PEOPLE])
    votes = world.store.votes("bench")
    assert len(votes) == 20
    assert votes.groupby("clip_id").size().eq(2).all()
    assert not votes.duplicated(["clip_id", "annotator"]).any()
    assert sum(map(len, given.values())) == 20
    assert all(len(set(tokens)) == len(tokens) >= 5 for tokens in given.values())
    assert len(decide(votes, world.campaign)) == 10
    with world.store.reading() as connection:
        details = connection.execute(sa.select(VOTE_DETAILS)).all()
    assert len(details) == 20
    assert {row.reason for row in details} == {None, "offensive"}


def test_a_person_reads_the_own_answer_again_and_changes_it(tmp_path):
    world = World(tmp_path)
    ana = world.enter("ana")
    token = ana.next()["task"]["token"]
    ana.vote(token, "sad", certainty=2, second="angry")
    previous = ana.client.get(f"/api/task/{token}").json()["previous"]
    assert (previous["label"], previous["certainty"], previous["second"]) == ("sad", 2, "angry")
    ana.vote(token, "happy")
    assert ana.client.get(f"/api/task/{token}").json()["previous"]["label"] == "happy"
    assert world.store.votes("bench")["label"].tolist() == ["happy"]
    assert len(world.store.history("bench")) == 2
    assert ana.next()["answered"] == 1


def test_an_adjudication_is_for_adjudicators(tmp_path):
    world = World(tmp_path)
    world.store.add_annotators(["judge"], world.now, "adjudicator")
    world.store.open_campaign(world.campaign.adjudication, world.ids[:1])
    judge, ana = world.enter("judge"), world.enter("ana")
    assert judge.vote(judge.next()["task"]["token"], "angry")["stored"]
    assert judge.next()["done"]
    assert world.store.votes("bench.adjudication").empty  # an answer before the decision
    assert ana.client.get("/").text.count("/label/") == 1
