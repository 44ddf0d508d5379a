import json

import pytest
from support.annotating import World

from libra_emo.annotation.campaigns import PREFERENCES, Campaign
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.annotation_server.assignments.preferences import turn_answer


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, clips=30, needed=2)
    world.store.close_campaign("bench", world.now)
    campaign = Campaign("texts", 2, 1, PREFERENCES, "other", "preference")
    rows = [QueueRow(clip, texts=(f"A of {n}", f"B of {n}")) for n, clip in enumerate(world.ids)]
    world.store.open_campaign(campaign, rows)
    return world


def test_two_texts_are_compared_in_a_drawn_order(world):
    firsts = {}
    for name in ("ana", "ben"):
        person = world.enter(name)
        seen = []
        while not (answer := person.next())["done"]:
            task = answer["task"]
            seen.append(task["texts"][0][0])
            # everybody prefers the text that begins with A
            label = "first" if task["texts"][0].startswith("A") else "second"
            assert person.vote(task["token"], label)["stored"]
            again = person.client.get(f"/api/task/{task['token']}").json()
            assert again["previous"]["label"] == label and again["texts"] == task["texts"]
        firsts[name] = seen
    assert world.store.votes("texts")["label"].eq("first").all()
    assert all(5 < seen.count("A") < 25 for seen in firsts.values())
    page = person.client.get(f"/label/{person.campaign}").text
    assert "Which text fits the clip better?" in page and "Text 2 fits better" in page


def test_answers_of_another_kind_of_campaign_are_refused(world):
    ana = world.enter("ana")
    token = ana.next()["task"]["token"]
    assert ana.vote(token, "sad")["refused"][0]["why"] == "unknown_label"
    assert ana.vote(token, "neither")["stored"]


def test_turning_twice_changes_nothing():
    for label in (*PREFERENCES, "other"):
        assert turn_answer(turn_answer(label, True), True) == label
        assert turn_answer(label, False) == label
    assert json.dumps(turn_answer("first", True)) == '"second"'
