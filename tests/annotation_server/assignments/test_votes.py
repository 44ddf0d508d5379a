import json

import pytest
from support.annotating import World, make_vote

BAD = [
    ({"label": "rage"}, "unknown_label"),
    ({"label": "other"}, "reason_missing"),
    ({"second": "other"}, "unknown_label"),
    ({"task": "forged"}, "unknown_task"),
    ({"id": "7"}, "invalid"),
    ({"certainty": 6}, "invalid"),
    ({"note": "x" * 2001}, "invalid"),
    ({"played_s": -1}, "invalid"),
    ({"began_at": "soon"}, "invalid"),
]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.parametrize(("change", "why"), BAD)
def test_a_vote_that_cannot_be_taken_costs_only_itself(world, change, why):
    ana = world.enter("ana")
    good = make_vote(ana.next()["task"]["token"])
    bad = {**make_vote(good["task"]), **change}
    answer = ana.send(bad, good, 7)
    assert answer["stored"] == [good["id"]]
    assert {(row["id"], row["why"]) for row in answer["refused"]} == {
        (bad["id"], why),
        ("", "invalid"),
    }
    assert len(world.store.history("bench")) == 1


def test_a_vote_that_is_sent_again_is_stored_once(world):
    ana = world.enter("ana")
    vote = make_vote(ana.next()["task"]["token"])
    for _ in range(3):
        assert ana.send(vote, vote)["stored"] == [vote["id"]] * 2
    history = world.store.history("bench")
    assert history["vote_id"].tolist() == [vote["id"]]
    assert history["seconds"].tolist() == [9.0]


def test_a_closed_campaign_takes_no_vote_until_it_is_opened_again(world):
    ana = world.enter("ana")
    vote = make_vote(ana.next()["task"]["token"])
    world.store.close_campaign("bench", world.now)
    assert ana.send(vote)["refused"] == [{"id": vote["id"], "why": "closed"}]
    world.store.reopen_campaign("bench")
    assert ana.send(vote)["stored"] == [vote["id"]]


def test_a_vote_that_was_begun_in_time_counts(world):
    ana = world.enter("ana")
    token = ana.next()["task"]["token"]
    world.later(10 * 86_400)
    world.store.change_annotator("ana", active=False)
    assert ana.vote(token)["stored"]
    assert len(world.store.votes("bench")) == 1


def test_the_order_of_receipt_follows_the_order_of_answers(world):
    ana = world.enter("ana")
    token = ana.next()["task"]["token"]
    ana.send(make_vote(token, "sad"), make_vote(token, "happy"), make_vote(token, "angry"))
    world.later(-3600)  # the clock is set back
    ana.vote(token, "neutral")
    assert world.store.history("bench")["label"].tolist() == ["sad", "happy", "angry", "neutral"]
    assert world.store.votes("bench")["label"].tolist() == ["neutral"]


@pytest.mark.parametrize("note", ["\\ud800", "a\\u0000b", "\\udfff\\ud83d"])
def test_a_note_that_no_database_can_hold_does_not_stop_the_others(world, note):
    ana = world.enter("ana")
    token = ana.next()["task"]["token"]
    odd, good = make_vote(token, note="NOTE"), make_vote(token)
    text = json.dumps({"votes": [odd, good]}).replace("NOTE", note)
    headers = {"X-CSRF-Token": ana.csrf, "Content-Type": "application/json"}
    reply = ana.client.post("/api/votes", content=text, headers=headers)
    assert reply.json()["stored"] == [odd["id"], good["id"]]
    assert ana.client.get(f"/api/task/{token}").status_code == 200
