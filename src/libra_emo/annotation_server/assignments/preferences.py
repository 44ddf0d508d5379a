"""Two texts of a clip, which each person sees in an order of their own."""

from __future__ import annotations

import json

import sqlalchemy as sa

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import PREFERENCES
from libra_emo.annotation.database.tables import CLIPS
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.assignments.choosing import Task
from libra_emo.common.seeding import generator

FIRST, SECOND = PREFERENCES[:2]


def is_turned(campaign: str, clip_key: str, annotator: str) -> bool:
    """Return whether a person sees the second text of a clip first: a draw, always the same."""
    return bool(generator(0, "preference", campaign, clip_key, annotator).random() < 0.5)


def turn_answer(label: str, turned: bool) -> str:
    """Return the answer about the texts in the other order, if they are turned."""
    return {FIRST: SECOND, SECOND: FIRST}.get(label, label) if turned else label


def read_texts(store: VoteStore, task: Task, person: Annotator) -> list[str] | None:
    """Return the texts of a clip in the person's order, or None if it has none."""
    query = sa.select(CLIPS.c.texts).where(
        CLIPS.c.campaign == task.campaign, CLIPS.c.clip_key == task.clip_key
    )
    with store.reading() as connection:
        stored = connection.execute(query.limit(1)).scalar()
    if not stored:
        return None
    texts = [str(text) for text in json.loads(stored)]
    return texts[::-1] if is_turned(task.campaign, task.clip_key, person.key) else texts
