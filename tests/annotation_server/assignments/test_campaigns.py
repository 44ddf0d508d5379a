from support.annotating import World

from libra_emo.annotation_server.assignments import campaigns
from libra_emo.annotation_server.assignments.campaigns import read_duties


def test_a_campaign_is_listed_at_once_and_its_size_is_counted_again(tmp_path, monkeypatch):
    world = World(tmp_path, clips=4, needed=1)
    ana = world.store.annotators()["ana"]
    assert [duty.share for duty in read_duties(world.store, ana)] == [2]
    world.store.open_campaign(world.campaign, world.ids[:2])
    monkeypatch.setattr(campaigns, "FRESH_SECONDS", 0.0)
    assert [duty.share for duty in read_duties(world.store, ana)] == [1]
    world.store.close_campaign("bench", world.now)
    assert read_duties(world.store, ana) == []
