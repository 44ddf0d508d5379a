"""The store of people's votes: a history in which nothing is ever overwritten.

SQLAlchemy's portable SQL: SQLite by default, PostgreSQL by its URL. Every write is one
transaction, so a killed import leaves all of its votes or none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pandas as pd
import sqlalchemy as sa

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.consensus import count_votes
from libra_emo.annotation.database import (
    CAMPAIGNS,
    CLIPS,
    VOTES,
    create_tables,
    make_engine,
    writing,
)
from libra_emo.annotation.history import new_rows, read_history, utc_text
from libra_emo.common.digests import digest_text
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import HumanVotes, check


class VoteStoreError(LibraEmoError):
    """The store cannot be reached, or does not know the campaign."""


@dataclass(frozen=True)
class Progress:
    """How far a campaign has come.

    Attributes:
        campaign: The campaign.
        clips: How many clips it asks about.
        complete: How many of them have all the votes that they need.
        votes: How many votes count.
    """

    campaign: Campaign
    clips: int
    complete: int
    votes: int


class VoteStore:
    """People's votes, kept in a database.

    Nothing is opened or created before the first call. Several processes may use one store.

    Args:
        url: SQLAlchemy URL of the database, such as `sqlite:///data/01_raw/votes.db`.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def __getstate__(self) -> dict[str, str]:
        return {"url": self.url}

    def open_campaign(self, campaign: Campaign, clips: Iterable[str]) -> None:
        """Open a campaign about exactly these clips; the votes that it has are kept.

        Opening it again with other clips or options replaces the clips and options, never the
        votes.
        """
        settings = {
            "annotators_per_clip": campaign.annotators_per_clip,
            "threshold": campaign.threshold,
            "labels": json.dumps(campaign.labels, ensure_ascii=False),
            "other": campaign.other,
        }
        change = sa.update(CAMPAIGNS).where(CAMPAIGNS.c.name == campaign.name).values(**settings)
        with self._writing() as connection:
            if not connection.execute(change).rowcount:
                try:
                    with connection.begin_nested():
                        connection.execute(
                            sa.insert(CAMPAIGNS).values(name=campaign.name, **settings)
                        )
                except sa.exc.IntegrityError:  # another process opened it in the meantime
                    connection.execute(change)
            connection.execute(sa.delete(CLIPS).where(CLIPS.c.campaign == campaign.name))
            rows = [{"campaign": campaign.name, "clip_id": c} for c in sorted(set(clips))]
            if rows:
                connection.execute(sa.insert(CLIPS), rows)

    def add_votes(self, votes: pd.DataFrame, now: datetime) -> int:
        """Add votes to the history, all of them or none, and return how many were new.

        A vote that is already in the history is not written twice. A vote without `voted_at` gets
        the time `now`; it is not written if the annotator's latest answer for the clip is the same.

        Args:
            votes: HumanVotes of any open campaigns.
            now: Time of the votes that have none.

        Raises:
            VoteStoreError: If a campaign was never opened.
        """
        table = check(votes, HumanVotes)
        if table.empty:
            return 0
        names = sorted(set(table["campaign"]))
        with self._writing() as connection:
            self._lock_campaigns(connection, names)
            history = read_history(connection, names, sorted(set(table["clip_id"])))
            rows = new_rows(table, history, utc_text(now))
            if rows:
                connection.execute(sa.insert(VOTES), rows)
        return len(rows)

    def votes(self, campaign: str) -> pd.DataFrame:
        """Return the latest vote of each annotator for each clip of a campaign.

        Among votes of the same moment the one written last is the latest. A campaign that was
        never opened has no votes.
        """
        latest = self.history(campaign).drop_duplicates(["clip_id", "annotator"], keep="last")
        return check(latest.sort_values(["clip_id", "annotator"]), HumanVotes)

    def history(self, campaign: str) -> pd.DataFrame:
        """Return every vote that a campaign ever got as HumanVotes, the earliest first."""
        with self._reading() as connection:
            return read_history(connection, [campaign])

    def digest(self, campaign: str) -> str:
        """Return the SHA-256 of a campaign's latest votes, the same for the same votes."""
        rows = self.votes(campaign).astype(object)
        rows = rows.where(rows.notna(), None)
        text = json.dumps(rows.to_numpy().tolist(), ensure_ascii=False)
        return digest_text(text)

    def clips(self, campaign: str) -> list[str]:
        """Return the ids of the clips that a campaign asks about, sorted."""
        query = sa.select(CLIPS.c.clip_id).where(CLIPS.c.campaign == campaign)
        with self._reading() as connection:
            return sorted(connection.execute(query).scalars())

    def campaigns(self) -> dict[str, Campaign]:
        """Return every campaign that was opened, by its name."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(CAMPAIGNS).order_by(CAMPAIGNS.c.name)).all()
        return {
            row.name: Campaign(
                row.name,
                row.annotators_per_clip,
                row.threshold,
                tuple(json.loads(row.labels)),
                row.other,
            )
            for row in rows
        }

    def progress(self) -> list[Progress]:
        """Return how far each campaign has come, by name."""
        return [self._progress_of(campaign) for campaign in self.campaigns().values()]

    def _progress_of(self, campaign: Campaign) -> Progress:
        clips = self.clips(campaign.name)
        votes = self.votes(campaign.name)
        counts = votes["clip_id"].isin(clips) & votes["label"].isin(campaign.answers)
        counted = count_votes(votes[counts], campaign)
        complete = counted.groupby("clip_id").size() >= campaign.annotators_per_clip
        return Progress(campaign, len(clips), int(complete.sum()), len(counted))

    def _lock_campaigns(self, connection: sa.Connection, names: list[str]) -> None:
        """Let no other process write votes of these campaigns until this transaction ends."""
        query = sa.select(CAMPAIGNS.c.name).where(CAMPAIGNS.c.name.in_(names))
        known = connection.execute(query.order_by(CAMPAIGNS.c.name).with_for_update()).scalars()
        unknown = sorted(set(names) - set(known))
        if unknown:
            raise VoteStoreError(
                f"campaign {unknown[0]!r} was never opened in {self._shown_url}; run the pipeline "
                "that asks: it opens the campaign and ends when people are needed"
            )

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._clear_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._clear_errors(), writing(self._engine) as connection:
            yield connection

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise VoteStoreError(
                f"the store of votes {self._shown_url} failed: {cause}; "
                "check `annotation_store` in the credentials"
            ) from error

    @property
    def _shown_url(self) -> str:
        try:
            return sa.make_url(self.url).render_as_string(hide_password=True)
        except sa.exc.ArgumentError:
            return "(not a SQLAlchemy URL)"

    @cached_property
    def _engine(self) -> sa.Engine:
        try:
            engine = make_engine(self.url)
        except ModuleNotFoundError as error:
            raise VoteStoreError(
                f"the store of votes {self._shown_url} needs the package {error.name!r}; "
                "install it beside libra_emo"
            ) from error
        create_tables(engine)
        return engine
