"""Votes as browsers send them: which are taken, and how they come into the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from libra_emo.annotation.annotators import Annotator
from libra_emo.annotation.campaigns import PREFERENCE, Campaign
from libra_emo.annotation.database.campaigns import read_campaigns, read_closed
from libra_emo.annotation.database.tables import ASSIGNMENTS, CLIPS, VOTE_DETAILS, VOTES
from libra_emo.annotation.database.vote_checksums import sealed
from libra_emo.annotation.history import next_moment
from libra_emo.annotation.identity.moments import utc_text
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.assignments.preferences import is_turned, turn_answer
from libra_emo.annotation_server.grouped_writes import GroupedWrites

_TASKS: Final = sa.select(ASSIGNMENTS).where(
    ASSIGNMENTS.c.token.in_(sa.bindparam("tokens", expanding=True)),
    ASSIGNMENTS.c.annotator == sa.bindparam("annotator"),
)
_OWNERS: Final = sa.select(VOTES.c.vote_id, VOTES.c.annotator).where(
    VOTES.c.vote_id.in_(sa.bindparam("ids", expanding=True))
)
_CLIP: Final = (
    sa.select(CLIPS.c.clip_id)
    .where(
        CLIPS.c.campaign == sa.bindparam("campaign"), CLIPS.c.clip_key == sa.bindparam("clip_key")
    )
    .limit(1)
)
_ADD, _ADD_DETAILS = sa.insert(VOTES), sa.insert(VOTE_DETAILS)
_DONE: Final = (
    sa.update(ASSIGNMENTS)
    .where(ASSIGNMENTS.c.token == sa.bindparam("task"))
    .values(answered_at=sa.bindparam("moment"))
)
_DETAILS: Final = sorted({*VOTE_DETAILS.columns.keys()} - {"vote_id", "began_at"})
Reason = Literal["no_person", "not_understandable", "several_people", "offensive", "other_reason"]


class SentVote(BaseModel):
    """A vote as a browser sends it; `id` is the browser's, so that a repeat is known again."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: UUID
    task: str = Field(max_length=64)
    label: str = Field(max_length=100)
    reason: Reason | None = None
    second: str | None = Field(default=None, max_length=100)
    certainty: int | None = Field(default=None, ge=1, le=5)
    note: str = Field(default="", max_length=2000)
    distress: bool = False
    other_person: bool = False
    played_s: float = Field(default=0, ge=0, le=1e6, allow_inf_nan=False)
    plays: int = Field(default=0, ge=0, le=100_000)
    muted: bool = False
    began_at: datetime
    answered_at: datetime

    @field_validator("task", "label", "second", "note", mode="before")
    @classmethod
    def _keep_what_a_database_can_hold(cls, text: Any) -> Any:
        """Replace halves of characters and NUL, which JSON can hold and databases cannot."""
        if not isinstance(text, str):
            return text
        return text.encode("utf-8", "replace").decode().replace("\0", "?")


class Recorded(NamedTuple):
    """What became of votes: ids that are in the store, and those refused, with the reason."""

    stored: list[str]
    refused: list[dict[str, str]]


def record_votes(
    writes: GroupedWrites, person: Annotator, sent: Sequence[Any], now: datetime
) -> Recorded:
    """Record votes; they are on the disk when this returns. One that is refused costs only itself.

    Args:
        writes: What the process writes into the store.
        person: Who answered.
        sent: Votes as JSON gives them, see `SentVote`.
        now: Time of receipt.

    Returns:
        The ids, with a reason for each that is refused: invalid, unknown_task, closed,
        unknown_label, reason_missing, id_taken, or not_blind: an adjudicator who saw what others
        answered decides instead.
    """
    result = Recorded([], [])
    votes = [vote for each in sent if (vote := _read(each, result)) is not None]
    if votes:
        tokens = sorted({vote.task for vote in votes})
        campaigns = _find_campaigns(writes.store, person, tokens)
        done = writes.run(lambda it: _Recording(it, person, votes, now).write(), campaigns)
        result.stored.extend(done.stored)
        result.refused.extend(done.refused)
    return result


def _find_campaigns(store: VoteStore, person: Annotator, tokens: list[str]) -> set[str]:
    """Return the campaigns of a person's clips."""
    with store.reading() as connection:
        rows = connection.execute(_TASKS, {"tokens": tokens, "annotator": person.key})
        return {row.campaign for row in rows}


def _read(sent: Any, result: Recorded) -> SentVote | None:
    try:
        return SentVote.model_validate(sent)
    except ValidationError:
        given = str(sent.get("id", ""))[:64] if isinstance(sent, dict) else ""
        result.refused.append({"id": given, "why": "invalid"})
        return None


class _Recording:
    """One transaction that records a person's votes."""

    def __init__(
        self,
        connection: sa.Connection,
        person: Annotator,
        votes: list[SentVote],
        now: datetime,
    ) -> None:
        self.connection, self.person, self.votes = connection, person, votes
        self.now, self.result = now, Recorded([], [])
        tokens = sorted({vote.task for vote in votes})
        rows = connection.execute(_TASKS, {"tokens": tokens, "annotator": person.key})
        self.tasks = {row.token: row for row in rows}
        self.names = sorted({row.campaign for row in self.tasks.values()})
        self.closed = read_closed(connection)
        self.campaigns = read_campaigns(connection)
        ids = sorted({str(vote.id) for vote in votes})
        self.known = {row[0]: row[1] for row in connection.execute(_OWNERS, {"ids": ids})}

    def write(self) -> Recorded:
        """Record the votes that can be taken, in their order."""
        moment = next_moment(self.connection, self.names, self.now)
        for vote in self.votes:
            identity = str(vote.id)
            if why := self._find_fault(vote):
                self.result.refused.append({"id": identity, "why": why})
                continue
            if identity not in self.known:
                self._insert(vote, moment)
                self.known[identity] = self.person.key
            self.result.stored.append(identity)
        return self.result

    def _find_fault(self, vote: SentVote) -> str | None:
        """Return why a vote cannot be taken, or None if it can, or is in the store already."""
        owner = self.known.get(str(vote.id))
        if owner is not None:
            return None if owner == self.person.key else "id_taken"
        task = self.tasks.get(vote.task)
        if task is None:
            return "unknown_task"
        if task.campaign in self.closed:
            return "closed"
        if task.opened_at is not None:
            return "not_blind"
        return _find_wrong_answer(vote, self.campaigns[task.campaign])

    def _read_label(self, vote: SentVote, task: Any) -> str:
        """Return the answer; of two texts in the order in which the campaign has them."""
        if self.campaigns[task.campaign].kind != PREFERENCE:
            return vote.label
        turned = is_turned(task.campaign, task.clip_key, self.person.key)
        return turn_answer(vote.label, turned)

    def _insert(self, vote: SentVote, moment: str) -> None:
        task = self.tasks[vote.task]
        place = {"campaign": task.campaign, "clip_key": task.clip_key}
        clip_id = self.connection.execute(_CLIP, place).scalar() or task.clip_key
        seconds = (vote.answered_at - vote.began_at).total_seconds() if _comparable(vote) else None
        row = {
            "vote_id": str(vote.id),
            **place,
            "clip_id": clip_id,
            "annotator": self.person.key,
            "label": self._read_label(vote, task),
            "received_at": moment,
            "voted_at": utc_text(vote.answered_at),
            "seconds": None if seconds is None else max(0.0, seconds),
            "blind": self.campaigns[task.campaign].is_adjudication,
        }
        self.connection.execute(_ADD, sealed(row))
        details = {name: getattr(vote, name) for name in _DETAILS}
        details |= {"vote_id": str(vote.id), "began_at": utc_text(vote.began_at)}
        self.connection.execute(_ADD_DETAILS, details)
        self.connection.execute(_DONE, {"task": vote.task, "moment": moment})


def _find_wrong_answer(vote: SentVote, campaign: Campaign) -> str | None:
    if vote.label not in campaign.answers:
        return "unknown_label"
    if vote.second is not None and vote.second not in campaign.labels:
        return "unknown_label"
    if vote.label == campaign.other and vote.reason is None:
        return "reason_missing"
    return None


def _comparable(vote: SentVote) -> bool:
    return (vote.answered_at.tzinfo is None) == (vote.began_at.tzinfo is None)
