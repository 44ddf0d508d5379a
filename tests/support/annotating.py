"""A campaign that is served in a test: a store, people with sessions, clips of a few bytes."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.links import make_link
from libra_emo.annotation_server.app import make_app
from libra_emo.annotation_server.assignments.clips import Clip
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.taxonomy import read_taxonomy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def clip_ids(count, film="Secret Film"):
    return [f"{film}-{n:08x}-000001000-000005000" for n in range(count)]


class World:
    """A served store in a folder; the clock stands until a test moves it."""

    def __init__(self, folder, people=("ana", "ben"), clips=3, needed=2, url=None, settings=None):
        self.taxonomy = read_taxonomy()
        self.store = VoteStore(url or f"sqlite:///{folder}/votes.sqlite")
        self.store.add_annotators(people, NOW)
        self.campaign = Campaign.of("bench", self.taxonomy, needed, 1)
        self.ids = clip_ids(clips)
        self.store.open_campaign(self.campaign, self.ids)
        video = folder / "Secret Film.mp4"
        video.write_bytes(bytes(range(256)) * 8)
        self.clips = {
            clip_key(i): Clip(video, f"words <b>{i[-30:-20]}", "en", 4.0) for i in self.ids
        }
        settings = settings or ServerSettings(sound_check=False)
        self.app = make_app(self.store, self.clips, self.taxonomy, settings)
        self.server = self.app.state.server
        self.now = NOW
        self.server.clock = lambda: self.now

    def later(self, seconds):
        self.now += timedelta(seconds=seconds)

    def enter(self, name):
        return Person(self, name)


class Person:
    """A person's browser without scripts."""

    def __init__(self, world, name):
        self.world = world
        self.key = next(k for k, p in world.store.annotators().items() if p.name == name)
        self.secret = make_link(world.store, self.key, world.now)
        self.client = TestClient(world.app, raise_server_exceptions=False)
        self.replies = []
        self.client.event_hooks["response"].append(self._keep)
        assert self.client.get(f"/join/{self.secret}").status_code == 200
        home = self.client.get("/").text
        self.csrf = re.search(r'csrf-token" content="(\w+)"', home)[1]
        found = re.search(r'/label/(\w+)"', home)
        self.campaign = found and found[1]

    def _keep(self, reply):
        reply.read()
        self.replies.append(reply)

    def next(self, *have):
        query = {"campaign": self.campaign, "have": ",".join(have)}
        return self.client.get("/api/next", params=query).json()

    def post(self, path, content, **headers):
        return self.client.post(path, json=content, headers={"X-CSRF-Token": self.csrf, **headers})

    def vote(self, token, label="sad", **values):
        return self.send(make_vote(token, label, **values))

    def send(self, *votes):
        return self.post("/api/votes", {"votes": list(votes)}).json()


def make_vote(token, label="sad", **values):
    return {
        "id": str(uuid.uuid4()),
        "task": token,
        "label": label,
        "played_s": 4.5,
        "plays": 1,
        "muted": False,
        "began_at": "2026-03-01T11:59:50Z",
        "answered_at": "2026-03-01T11:59:59Z",
        **values,
    }
