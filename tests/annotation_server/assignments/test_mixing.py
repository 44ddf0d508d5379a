"""Audits, gold and repeats come in one queue with the clips of the campaign itself."""

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from support.annotating import World, clip_ids

from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.annotation_server.assignments.assignment import Assigner
from libra_emo.annotation_server.assignments.clips import Clip
from libra_emo.schemas import HumanVotes, check

CLIPS = 60


def open_mixed(world, kind, ids, rate=None, distance=None, **values):
    campaign = world.campaign.mixed(kind, rate, distance)
    world.store.open_campaign(campaign, [QueueRow(clip, kind, **values) for clip in ids])
    known = next(iter(world.clips.values()))
    for clip in ids:
        world.clips.setdefault(clip_key(clip), Clip(known.path, "words", "en", 4.0))


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, clips=CLIPS, needed=2)
    gold = clip_ids(110, "Gold Film")[90:]
    open_mixed(world, "gold", gold, 0.2, truth="sad")
    open_mixed(world, "repeat", world.ids[::4], 0.25, 5, inclusion_probability=0.25, draw_seed=1)
    open_mixed(world, "audit", clip_ids(80, "Audit Film")[70:], 0.1, inclusion_probability=0.1)
    return world


def work(person):
    """Answer everything; return the tasks, and the campaign of each."""
    assigner: Assigner = person.world.server.assigner
    annotator = person.world.store.annotators()[person.key]
    tasks, names = [], []
    while not (answer := person.next())["done"]:
        task = answer["task"]
        tasks.append(task)
        found = assigner.find(task["token"], annotator)
        names.append((found.campaign, found.clip_key))
        person.vote(task["token"])
        person.world.later(10)
    return tasks, names


def test_a_queue_mixes_its_clips_with_gold_repeats_and_an_audit(world):
    ana = world.enter("ana")
    tasks, given = work(ana)
    counts = Counter(name for name, _ in given)
    assert counts["bench"] == CLIPS
    assert counts["bench.audit"] == 10
    assert 8 <= counts["bench.gold"] <= 20
    assert 8 <= counts["bench.repeat"] <= 15
    assert max(Counter(given).values()) == 1
    # spread over the queue, not in a block
    for kind in ("gold", "repeat", "audit"):
        places = [place for place, (name, _) in enumerate(given) if name == f"bench.{kind}"]
        assert places[0] < len(given) / 2 < places[-1]
    own = [key for name, key in given if name == "bench"]
    for place, (name, key) in enumerate(given):
        if name == "bench.repeat":
            before = [each for each, _ in given[:place]].count("bench")
            assert before - own.index(key) >= 5
    # people cannot tell them apart
    assert len({tuple(task) for task in tasks}) == 1
    assert ana.campaign and ana.client.get("/").text.count("/label/") == 1
    end = ana.next()
    assert end["answered"] == len(given) and abs(end["total"] - len(given)) <= 6


def test_the_votes_of_mixed_clips_never_count_for_labels(world):
    names = [name for name in ("ana", "ben")]
    for name in names:
        work(world.enter(name))
    votes = world.store.votes("bench")
    assert sorted(set(votes["clip_id"])) == sorted(world.ids)
    assert votes.groupby("clip_id").size().eq(2).all()
    assert len(world.store.history("bench")) == 2 * CLIPS
    assert set(world.store.votes("bench.gold")["annotator"]) == set(names)
    # audits have the campaign's number of people, and no clip is asked twice
    assert world.store.votes("bench.audit").groupby("clip_id").size().eq(2).all()
    assert all(row.reason == "audit" for row in world.store.queue("bench.audit"))


def test_a_clip_that_two_of_them_ask_about_is_asked_once(tmp_path):
    world = World(tmp_path, clips=6, needed=1)
    open_mixed(world, "audit", world.ids, 0.5)
    _, given = work(world.enter("ana"))
    assert len(given) == len({key for _, key in given}) == 6


def test_gold_never_comes_alone(tmp_path):
    world = World(tmp_path, clips=1, needed=1)
    open_mixed(world, "gold", clip_ids(9, "Gold Film")[4:], 0.01, truth="sad")
    ana = world.enter("ana")
    _, given = work(ana)
    assert given == [("bench", clip_key(world.ids[0]))]
    home = ana.client.get("/").text
    assert "no clip waits" in home and "Open 1" not in home


def test_mixed_campaigns_that_are_closed_stop(world):
    for kind in ("gold", "repeat", "audit"):
        world.store.close_campaign(f"bench.{kind}", world.now)
    _, given = work(world.enter("ana"))
    assert {name for name, _ in given} == {"bench"}


def test_nobody_gets_a_clip_of_an_audit_who_answered_for_it_in_any_campaign(tmp_path):
    """Of four people two answered each audited clip before; the other two make its panel."""
    world = World(tmp_path, people=("ana", "ben", "cem", "dora"), clips=6, needed=1)
    audited = [*world.ids[:3], *clip_ids(84, "Audit Film")[70:]]
    open_mixed(world, "audit", audited, 0.4)
    earlier = replace(world.campaign, name="earlier")
    world.store.open_campaign(earlier, audited)
    rows = [
        {"campaign": "earlier", "clip_id": clip, "annotator": name, "label": "sad"}
        for place, clip in enumerate(audited)
        for name in (("ana", "ben"), ("cem", "dora"), ("ana", "cem"))[place % 3]
    ]
    votes = check(pd.DataFrame(rows).assign(voted_at=None, seconds=None), HumanVotes)
    world.store.add_votes(votes, world.now)
    world.store.close_campaign("earlier", world.now)
    for name in ("ana", "ben", "cem", "dora"):
        work(world.enter(name))
    panel = world.store.votes("bench.audit")
    others = pd.concat([votes, world.store.votes("bench")])
    assert panel.merge(others, on=["clip_id", "annotator"]).empty
    assert set(panel["clip_id"]) == set(audited)
