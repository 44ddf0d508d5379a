"""Training before work: who is given clips, and what is said to those who are not."""

import itertools
from dataclasses import replace

import pytest
from support.annotating import World

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.annotation_server.settings import ServerSettings

BLOCKED = {"error": "something_comes_first"}


def make_world(folder, share=0.0, first=("training",), kinds=("training",)):
    settings = ServerSettings(sound_check=False, required_first=first, required_share=share)
    world = World(folder, clips=4, needed=2, settings=settings)
    for number, kind in enumerate(kinds, start=1):
        open_lesson(world, kind, number)
    return world


def open_lesson(world, kind="training", number=1):
    campaign = replace(Campaign.of(f"{kind}_{number}", world.taxonomy, 2, 1), kind=kind)
    rows = [QueueRow(clip, truth="sad") for clip in world.ids]
    world.store.open_campaign(campaign, rows)


def token_of(world, person, campaign):
    return world.server.secret.campaign(person.key, campaign)


def ask(world, person, campaign="bench"):
    return person.client.get("/api/next", params={"campaign": token_of(world, person, campaign)})


def learn(world, person, labels, campaign="training_1"):
    """Answer the clips of a lesson; return the tokens."""
    tokens = []
    for label in labels:
        token = ask(world, person, campaign).json()["task"]["token"]
        person.vote(token, label)
        tokens.append(token)
    return tokens


def test_nothing_comes_first_unless_a_parameter_asks_for_it(tmp_path):
    world = make_world(tmp_path, first=())
    assert ask(world, world.enter("ana")).json()["done"] is False


def test_work_begins_when_the_last_clip_of_the_training_is_answered(tmp_path):
    world = make_world(tmp_path)
    ana = world.enter("ana")
    for label in ("sad", "happy", "other", None):
        reply = ask(world, ana)
        assert (reply.status_code, reply.json()) == (409, BLOCKED)
        home = ana.client.get("/").text
        assert "begins when you have finished: Training" in home
        assert f"/label/{token_of(world, ana, 'bench')}" not in home
        page = ana.client.get(f"/label/{token_of(world, ana, 'bench')}", follow_redirects=False)
        assert (page.status_code, page.headers["location"]) == (303, "/")
        reason = "offensive" if label == "other" else None
        token = ask(world, ana, "training_1").json()["task"]["token"]
        ana.vote(token, label or "fearful", reason=reason)
    assert ask(world, ana).json()["done"] is False
    assert "begins when" not in ana.client.get("/").text
    ben = world.enter("ben")
    assert ask(world, ben).json() == BLOCKED


@pytest.mark.parametrize("right", range(5))
@pytest.mark.parametrize("share", [0.5, 0.75, 1.0])
def test_the_first_answers_must_be_right_often_enough(tmp_path, right, share):
    world = make_world(tmp_path, share)
    ana = world.enter("ana")
    tokens = learn(world, ana, ["sad"] * right + ["happy"] * (4 - right))
    for token in tokens:  # corrections after the known label was shown do not count
        ana.vote(token, "sad")
    if right / 4 >= share:
        assert ask(world, ana).json()["done"] is False
    else:
        assert ask(world, ana).json() == BLOCKED
        home = ana.client.get("/").text
        assert f"{share:.0%}"[:-1] + " % right first answers" in home
        assert f"You had {right} of 4" in home


def test_another_round_opens_the_way_and_its_end_does_not_close_it(tmp_path):
    world = make_world(tmp_path, share=1.0)
    ana = world.enter("ana")
    learn(world, ana, ["happy"] * 4)
    world.store.close_campaign("training_1", world.now)
    assert "Ask the lead for another round" in ana.client.get("/").text
    open_lesson(world, number=2)
    assert "begins when you have finished" in ana.client.get("/").text
    learn(world, ana, ["sad"] * 4, "training_2")
    world.store.close_campaign("training_2", world.now)
    assert ask(world, ana).json()["done"] is False


def test_both_kinds_may_come_first_in_any_order(tmp_path):
    for place, order in enumerate(itertools.permutations(("training", "calibration"))):
        folder = tmp_path / str(place)
        folder.mkdir()
        both = ("training", "calibration")
        world = make_world(folder, first=both, kinds=both)
        ana = world.enter("ana")
        for kind in order:
            number = both.index(kind) + 1
            assert ask(world, ana).json() == BLOCKED
            learn(world, ana, ["happy"] * 4, f"{kind}_{number}")
        assert ask(world, ana).json()["done"] is False


def test_a_training_that_nobody_opened_is_named(tmp_path):
    world = make_world(tmp_path, kinds=())
    ana = world.enter("ana")
    assert ask(world, ana).json() == BLOCKED
    assert "It is not open yet; ask the lead" in ana.client.get("/").text


def test_adjudicators_need_no_training(tmp_path):
    world = make_world(tmp_path)
    world.store.add_annotators(["jo"], world.now, "adjudicator")
    adjudication = world.campaign.adjudication
    world.store.open_campaign(adjudication, world.ids[:1])
    jo = world.enter("jo")
    assert ask(world, jo, adjudication.name).json()["done"] is False


def test_a_clip_that_was_given_before_may_be_answered(tmp_path):
    """The parameter changed while people worked: what they have begun counts."""
    world = make_world(tmp_path, first=())
    ana = world.enter("ana")
    token = ask(world, ana).json()["task"]["token"]
    world.server.settings = ServerSettings(sound_check=False, required_first=("training",))
    assert ask(world, ana).json() == BLOCKED
    assert len(ana.vote(token)["stored"]) == 1
