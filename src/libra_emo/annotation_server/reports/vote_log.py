"""The votes of a store as numbers in memory, kept up to date by what was added since."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from libra_emo.annotation.database.tables import VOTE_DETAILS, VOTES
from libra_emo.annotation.store import VoteStore

ROWS_AT_ONCE = 50_000
_STORED_LENGTHS = (len("2026-03-01T12:00:00.000000"), len("2026-03-01T12:00:00.000000+00:00"))
_READ = (
    *(VOTES.c.id, VOTES.c.campaign, VOTES.c.clip_key, VOTES.c.annotator, VOTES.c.label),
    *(VOTES.c.blind, VOTES.c.seconds, sa.func.coalesce(VOTES.c.voted_at, VOTES.c.received_at)),
)


@dataclass(frozen=True)
class Votes:
    """Votes in the order in which the store got them; texts are places in `VoteLog.names`.

    Attributes:
        campaign: The campaign.
        clip: The clip's key.
        person: The annotator's key.
        label: The answer.
        blind: Whether an adjudicator gave it before the discussion.
        moment: When it was given, in seconds since 1970; the time of receipt if no time was sent.
        seconds: How long the answer took; nan if it is not known.
        unheard: Whether nothing was played, or the sound was off at all times.
    """

    campaign: NDArray[np.int32]
    clip: NDArray[np.int32]
    person: NDArray[np.int32]
    label: NDArray[np.int32]
    blind: NDArray[np.bool_]
    moment: NDArray[np.float64]
    seconds: NDArray[np.float64]
    unheard: NDArray[np.bool_]

    def take(self, chosen: NDArray[Any]) -> Votes:
        """Return some of the votes, by places or flags."""
        return Votes(*(getattr(self, part.name)[chosen] for part in fields(self)))

    def __len__(self) -> int:
        return len(self.clip)


@dataclass
class Names:
    """Texts and the places that stand for them."""

    texts: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def encode(self, texts: Iterable[str]) -> NDArray[np.int32]:
        """Return the places of texts; new ones get a place."""
        codes, different = pd.factorize(np.array([*texts], dtype=object))
        for text in different:
            if text not in self.places:
                self.places[text] = len(self.texts)
                self.texts.append(text)
        found = np.array([self.places[text] for text in different], dtype=np.int32)
        return found[codes] if len(different) else np.zeros(0, np.int32)


class VoteLog:
    """Reads each vote of a store once; votes are only ever added.

    Args:
        store: Store of the votes.
    """

    def __init__(self, store: VoteStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._last = 0
        self._votes = _no_votes()
        self.names = {name: Names() for name in ("campaign", "clip", "person", "label")}

    def read(self) -> Votes:
        """Return all votes that the store has now."""
        with self._lock, self._store.reading() as connection:
            count, last = connection.execute(
                sa.select(sa.func.count(), sa.func.max(VOTES.c.id))
            ).one()
            last = int(last or 0)
            if count == len(self._votes):
                return self._votes
            new = self._read_between(connection, self._last, last)
            if len(new) + len(self._votes) != count:  # an earlier one came later
                self._votes = _no_votes()
                new = self._read_between(connection, 0, last)
            parts = [
                np.concatenate([getattr(self._votes, part.name), getattr(new, part.name)])
                for part in fields(Votes)
            ]
            self._votes, self._last = Votes(*parts), last
            return self._votes

    def _read_between(self, connection: sa.Connection, after: int, last: int) -> Votes:
        new = sa.and_(VOTES.c.id > after, VOTES.c.id <= last)
        silent = sa.or_(VOTE_DETAILS.c.played_s == 0, VOTE_DETAILS.c.muted)
        joined = VOTE_DETAILS.join(VOTES, VOTE_DETAILS.c.vote_id == VOTES.c.vote_id)
        unheard = sa.select(VOTES.c.id).select_from(joined).where(silent, new)
        ids = np.fromiter(connection.execute(unheard).scalars(), dtype=np.int64)
        result = connection.execute(sa.select(*_READ).where(new).order_by(VOTES.c.id))
        batches = [_no_votes()]
        # the driver's own rows: those of SQLAlchemy take twice as long
        while result.cursor is not None and (rows := result.cursor.fetchmany(ROWS_AT_ONCE)):
            batches.append(self._encode(rows, ids))
        parts = [
            np.concatenate([getattr(batch, part.name) for batch in batches])
            for part in fields(Votes)
        ]
        return Votes(*parts)

    def _encode(self, rows: Any, unheard: NDArray[np.int64]) -> Votes:
        ids, campaign, clip, person, label, blind, seconds, moments = zip(*rows, strict=True)
        texts = {"campaign": campaign, "clip": clip, "person": person, "label": label}
        return Votes(
            **{name: self.names[name].encode(values) for name, values in texts.items()},
            blind=np.array(blind, dtype=bool),
            moment=read_moments(moments),
            seconds=np.array(seconds, dtype=float),
            unheard=np.isin(np.array(ids), unheard),
        )


def read_moments(texts: Iterable[str]) -> NDArray[np.float64]:
    """Return times as seconds since 1970, nan for what is none; times without zone are UTC."""
    listed = list(texts)
    if all(len(text) in _STORED_LENGTHS for text in listed):
        # the store writes times to the microsecond and in UTC, so their first 26 characters are it
        moments = np.array([text[:26] for text in listed], dtype="datetime64[us]")
    else:
        parsed = pd.to_datetime(pd.Series(listed), utc=True, format="ISO8601", errors="coerce")
        moments = parsed.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 1e6)


def _no_votes() -> Votes:
    whole, real, flag = np.zeros(0, np.int32), np.zeros(0), np.zeros(0, dtype=bool)
    return Votes(whole, whole, whole, whole, flag, real, real, flag)
