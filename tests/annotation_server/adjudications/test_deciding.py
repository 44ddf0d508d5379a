import uuid

import pytest
from support.adjudicating import Adjudication
from support.annotating import make_vote

from libra_emo.annotation.campaigns import PeopleNeeded
from libra_emo.annotation.collection import collect_votes
from libra_emo.annotation.consensus import decide
from libra_emo.annotation.records import read_records, restore_records
from libra_emo.annotation.settlement import settle
from libra_emo.annotation.store import VoteStore


@pytest.fixture
def world(tmp_path):
    return Adjudication(tmp_path)


def test_an_adjudicator_answers_blind_and_then_sees_votes_and_notes(world):
    before = world.open(world.judith).text
    assert "she weeps" not in before and "blind" in before
    assert world.judith.vote(world.token(world.judith), "fearful")["stored"]
    after = world.open(world.judith).text
    assert "she weeps" in after and "he shouts" in after and "fearful" in after
    assert "Secret Film" not in after and "bench" not in after


def test_nothing_is_shown_said_or_decided_before_the_blind_answer(world):
    world.open(world.judith)
    assert world.say(world.judith, "hello").status_code == 403
    assert world.decide(world.judith, "sad").status_code == 403
    world.judith.vote(world.token(world.judith), "fearful")
    world.open(world.judith)
    world.say(world.judith, "I am sure")
    page = world.open(world.kim).text
    assert "I am sure" not in page and "she weeps" not in page
    cases = world.kim.client.get(f"/adjudicate/{world.kim.campaign}").text
    assert "not answered yet" in cases


def test_several_take_part_and_the_last_decision_is_what_the_pipeline_reads(world):
    for person, label in ((world.judith, "fearful"), (world.kim, "sad")):
        world.open(person)
        assert person.vote(world.token(person), label)["stored"]
        assert world.say(person, f"I say {label}").status_code == 200
    assert world.store.votes("bench.adjudication").empty
    assert world.decide(world.judith, "fearful", "her eyes").status_code == 200
    assert world.decide(world.kim, "sad", "the words").status_code == 200
    page = world.open(world.judith).text
    assert page.index("her eyes") < page.index("the words")
    adjudication = world.campaign.adjudication
    decided = decide(world.store.history("bench.adjudication"), adjudication)
    assert decided["label"].tolist() == ["sad"]
    with pytest.raises(PeopleNeeded):
        collect_votes(world.campaign, world.ids, "people", store=world.store)
    world.answer(world.judith, "happy", place=1)
    assert world.decide(world.judith, "other", "nobody", place=1).status_code == 200
    votes = collect_votes(world.campaign, world.ids, "people", store=world.store)
    settled = settle(world.ids, votes, world.campaign, round_number=0, simulated=False)
    assert settled.labels[["label", "origin"]].to_numpy().tolist() == [["sad", "adjudicated"]]
    assert len(settled.dropped) == 1


def test_both_answers_are_kept_and_travel(world, tmp_path):
    world.answer(world.judith, "fearful", note="the eyes")
    world.open(world.judith)
    world.say(world.judith, "let us talk")
    world.decide(world.judith, "sad", "the words")
    records = read_records(world.store)
    other = VoteStore(f"sqlite:///{tmp_path}/other.sqlite")
    restore_records(other, records)
    restore_records(other, records)
    assert read_records(other).equals(records)
    assert other.votes("bench.adjudication")["label"].tolist() == ["sad"]
    own = records.query("campaign == 'bench.adjudication'")
    assert own.query("kind == 'vote'")["label"].tolist() == ["fearful", "sad"]
    assert own["kind"].tolist().count("message") == 2


def test_the_blind_answer_stays_once_the_votes_were_seen(world):
    token = world.token(world.judith)
    world.open(world.judith)
    world.judith.vote(token, "fearful")
    assert world.judith.vote(token, "happy")["stored"]
    world.open(world.judith)
    assert world.judith.vote(token, "angry")["refused"][0]["why"] == "not_blind"


def test_what_is_sent_twice_arrives_once(world):
    world.answer(world.judith, "fearful")
    identity = str(uuid.uuid4())
    for _ in range(2):
        assert world.decide(world.judith, "sad", id=identity).json() == {"state": "stored"}
    assert len(world.store.history("bench.adjudication")) == 1
    world.answer(world.kim, "sad")
    assert world.decide(world.kim, "angry", id=identity).status_code == 409


@pytest.mark.parametrize(
    ("values", "status"),
    [({"label": "bored"}, 409), ({"text": "  "}, 422), ({"id": "x"}, 422), ({"task": "0"}, 404)],
)
def test_what_cannot_be_decided_is_refused(world, values, status):
    world.answer(world.judith, "sad")
    assert world.decide(world.judith, **{"label": "sad", **values}).status_code == status


def test_a_closed_adjudication_takes_no_decision(world):
    world.answer(world.judith, "sad")
    world.store.close_campaign("bench.adjudication", world.now)
    assert world.decide(world.judith, "sad").status_code == 404


def test_adjudications_are_for_adjudicators(world):
    ana = world.enter("ana")
    page = f"/adjudicate/{world.judith.campaign}"
    assert ana.client.get(page).status_code == 403
    assert ana.client.get(f"{page}/{world.token(world.judith)}").status_code == 403
    assert world.decide(ana, "sad").status_code == 403
    assert world.kim.client.get(page).status_code == 404
    assert world.kim.client.get(f"{page}/{world.token(world.judith)}").status_code == 404
    stolen = make_vote(world.token(world.judith))
    assert ana.send(stolen)["refused"][0]["why"] == "unknown_task"


def test_texts_of_people_are_no_script(world):
    world.answer(world.judith, "sad")
    world.say(world.judith, "<script>alert(1)</script>")
    assert "<script>alert" not in world.open(world.judith).text


def test_another_site_decides_nothing(world):
    world.answer(world.judith, "sad")
    world.judith.csrf = "wrong"
    assert world.decide(world.judith, "sad").status_code == 403
    assert world.say(world.judith, "x").status_code == 403
