import pytest
from support.annotating import World

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.queue_rows import QueueRow


@pytest.fixture(params=["training", "calibration"])
def kind(request):
    return request.param


@pytest.fixture
def world(tmp_path, kind):
    world = World(tmp_path, clips=3, needed=2)
    world.store.close_campaign("bench", world.now)
    campaign = Campaign.of("lesson", world.taxonomy, 2, 1)
    campaign = Campaign(*(*tuple(vars(campaign).values())[:5], kind))
    world.store.open_campaign(campaign, [QueueRow(clip, truth="sad") for clip in world.ids])
    return world


def test_the_known_label_is_shown_after_the_answer_and_in_training_alone(world, kind):
    ana = world.enter("ana")
    token = ana.next()["task"]["token"]
    path = f"/api/feedback/{token}"
    assert ana.client.get(path).status_code == 404
    ana.vote(token, "despairful")
    reply = ana.client.get(path)
    if kind == "calibration":
        assert reply.status_code == 404
        return
    shown = reply.json()
    assert (shown["right"], shown["answer"], shown["truth"]) == (False, "despairful", "sad")
    assert "hope" in shown["contrast"]
    assert world.enter("ben").client.get(path).status_code == 404


def test_everybody_answers_everything_and_then_sees_the_results(world):
    for name in ("ana", "ben"):
        person = world.enter(name)
        results = f"/results/{person.campaign}"
        labels = iter(["sad", "happy", "other"])
        while not (answer := person.next())["done"]:
            assert "known answer" not in person.client.get(results).text.casefold().split("<h1>")[0]
            assert "once you have answered" in person.client.get(results).text
            label = next(labels)
            reason = "offensive" if label == "other" else None
            person.vote(answer["task"]["token"], label, reason=reason)
        page = person.client.get(results).text
        assert "1 of 3 answers are the known ones" in page and page.count("✗") == 2
        assert "nothing" not in page


def test_results_of_other_campaigns_are_not_shown(tmp_path):
    ana = World(tmp_path).enter("ana")
    assert ana.client.get(f"/results/{ana.campaign}").status_code == 404
    token = ana.next()["task"]["token"]
    ana.vote(token)
    assert ana.client.get(f"/api/feedback/{token}").status_code == 404
