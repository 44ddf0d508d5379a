"""A served campaign whose first clip is a tie, with two adjudicators."""

from __future__ import annotations

import uuid

from libra_emo.annotation.campaigns import Campaign
from support.annotating import World


class Adjudication(World):
    """A world in which ana and ben disagree about every clip; judith and kim adjudicate."""

    def __init__(self, folder, clips=2):
        super().__init__(folder, clips=clips, needed=2)
        self.campaign = Campaign.of("bench", self.taxonomy, 2, 2)
        self.store.open_campaign(self.campaign, self.ids)
        for name, label, note in (("ana", "sad", "she weeps"), ("ben", "angry", "he shouts")):
            person = self.enter(name)
            for _ in self.ids:
                person.vote(person.next()["task"]["token"], label, note=note, certainty=4)
        self.store.add_annotators(["Judith", "Kim"], self.now, "adjudicator")
        self.store.open_campaign(self.campaign.adjudication, self.ids)
        self.judith, self.kim = self.enter("Judith"), self.enter("Kim")

    def token(self, person, place=0):
        """The name of a clip for a person."""
        key = sorted(self.clips)[place]
        return self.server.secret.task(person.key, "bench.adjudication", key)

    def open(self, person, place=0):
        """The page of a clip."""
        return person.client.get(f"/adjudicate/{person.campaign}/{self.token(person, place)}")

    def answer(self, person, label, place=0, **values):
        """Answer blind."""
        self.open(person, place)
        return person.vote(self.token(person, place), label, **values)

    def say(self, person, text, place=0):
        """Send a message."""
        return person.post("/api/adjudicate/message", self._content(person, text, place))

    def decide(self, person, label, text="as agreed", place=0, **values):
        """Send a decision."""
        content = {**self._content(person, text, place), "label": label, **values}
        return person.post("/api/adjudicate/decision", content)

    def _content(self, person, text, place):
        return {
            "id": str(uuid.uuid4()),
            "campaign": person.campaign,
            "task": self.token(person, place),
            "text": text,
        }
