"""Nobody gets a clip twice, and never more people than a clip needs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.annotating import World

from libra_emo.annotation_server.app import make_app


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, clips=1, needed=1)


def test_a_clip_is_kept_for_whoever_has_it(world):
    ana, ben = world.enter("ana"), world.enter("ben")
    token = ana.next()["task"]["token"]
    assert ben.next()["done"]
    assert ana.next()["task"]["token"] == token  # a reload gives it again
    assert ana.next(token)["done"]


def test_a_lease_ends_and_the_page_renews_it(world):
    ana, ben = world.enter("ana"), world.enter("ben")
    token = ana.next()["task"]["token"]
    world.later(1700)
    assert ana.next(token)["done"]
    world.later(1700)
    assert ben.next()["done"]
    world.later(200)
    assert not ben.next()["done"]
    assert ana.next()["done"]  # the place is taken


def test_a_pause_ends_the_lease(world):
    ana, ben = world.enter("ana"), world.enter("ben")
    ana.next()
    world.store.change_annotator("ana", active=False)
    assert not ben.next()["done"]
    assert ana.client.get("/").text.count("/label/") == 0


def test_a_clip_that_was_skipped_comes_last(tmp_path):
    world = World(tmp_path, clips=3, needed=1)
    ana = world.enter("ana")
    first = ana.next()["task"]["token"]
    assert ana.post("/api/skip", {"task": first}).json() == {"skipped": True}
    order = []
    while not (answer := ana.next())["done"]:
        order.append(answer["task"]["token"])
        ana.vote(order[-1])
    assert len(order) == 3 and order[-1] == first


def test_votes_of_imported_files_count(tmp_path):
    world = World(tmp_path, clips=4, needed=1)
    ben = world.enter("ben")
    token = ben.next()["task"]["token"]
    ben.vote(token)
    votes = world.store.votes("bench").drop(columns="received_at")
    others = [clip for clip in world.ids if clip not in set(votes["clip_id"])]
    for clip in others[:2]:
        world.store.add_votes(votes.assign(clip_id=clip, annotator="ana"), world.now)
    given = ben.next()["task"]["token"]
    assert ben.next(given)["done"]


def test_clips_that_a_later_run_adds_are_given(tmp_path, monkeypatch):
    monkeypatch.setattr("libra_emo.annotation_server.assignments.orders.FRESH_SECONDS", 0.0)
    world = World(tmp_path, clips=2, needed=1)
    ana = world.enter("ana")
    for _ in range(2):
        ana.vote(ana.next()["task"]["token"])
    assert ana.next()["done"]
    world.store.open_campaign(world.campaign, [*world.ids, "late"])
    assert not ana.next()["done"]


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_places_hold_in_any_order_of_steps(tmp_path_factory, data):
    names = ("ana", "ben", "zoe", "kim")
    world = World(tmp_path_factory.mktemp("world"), names, clips=5, needed=2)
    people = [world.enter(name) for name in names]
    held = {name: [] for name in names}
    for _ in range(60):
        person = data.draw(st.sampled_from(people))
        step = data.draw(st.sampled_from(["take", "take", "vote", "skip", "wait"]))
        own = held[person.key]
        if step == "take" and not (answer := person.next(*own))["done"]:
            assert answer["task"]["token"] not in own
            own.append(answer["task"]["token"])
        elif step == "vote" and own:
            person.vote(own.pop())
        elif step == "skip" and own:
            person.post("/api/skip", {"task": own.pop()})
        elif step == "wait":
            world.later(60)
    votes = world.store.votes("bench")
    assert (votes.groupby("clip_id").size() <= 2).all()


def test_several_processes_never_give_too_many_places(tmp_path):
    names = tuple(f"person {number}" for number in range(6))
    world = World(tmp_path, names, clips=6, needed=2)
    second = make_app(world.store, world.clips, world.taxonomy)
    people = [world.enter(name) for name in names]
    for person in people[::2]:
        person.client.app = second

    def work(person):
        while not (answer := person.next())["done"]:
            person.vote(answer["task"]["token"])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, people))
    votes = world.store.votes("bench")
    assert votes.groupby("clip_id").size().tolist() == [2] * 6
