"""The store of people's votes: a history in which nothing is ever overwritten.

SQLAlchemy's portable SQL: SQLite by default, PostgreSQL by its URL. Every write is one
transaction, so a killed import leaves all of its votes or none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import sqlalchemy as sa

from libra_emo.annotation.annotators import (
    Annotator,
    add_annotators,
    change_annotator,
    find_keys,
    read_annotators,
)
from libra_emo.annotation.campaigns import Campaign, CampaignError
from libra_emo.annotation.database.campaigns import (
    read_campaigns,
    read_closed,
    read_rows,
    write_campaign,
    write_clips,
)
from libra_emo.annotation.database.elsewhere import read_answered_elsewhere
from libra_emo.annotation.database.engine import make_engine, writing
from libra_emo.annotation.database.migration import prepare_tables
from libra_emo.annotation.database.tables import CAMPAIGNS, CLIPS, VOTES
from libra_emo.annotation.database.vote_checksums import check_structure, find_remedy, sealed
from libra_emo.annotation.database.withdrawals import read_withdrawn
from libra_emo.annotation.history import (
    find_known,
    make_rows,
    next_moment,
    read_history,
    utc_text,
)
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.progress import Progress, measure_progress
from libra_emo.annotation.queue_rows import QueueRow, make_queue
from libra_emo.common.digests import digest_text
from libra_emo.common.secrecy.addresses import show_address
from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    import pandas as pd


class VoteStoreError(LibraEmoError):
    """The store cannot be reached, or does not know the campaign."""


class VoteStore:
    """People's votes, kept in a database.

    Nothing is opened or created before the first call. Several processes may use one store.

    Args:
        url: SQLAlchemy URL of the database, such as `sqlite:///data/01_raw/votes.db`.
        checked: Whether the process that started this one has just opened the store.
    """

    def __init__(self, url: str, checked: bool = False) -> None:
        self.url, self._checked = url, checked

    def __getstate__(self) -> dict[str, Any]:
        return {"url": self.url, "_checked": self._checked}

    def open_campaign(
        self, campaign: Campaign, clips: Iterable[str | QueueRow] | pd.DataFrame
    ) -> None:
        """Open a campaign about exactly these clips; the votes that it has are kept.

        Opening it again with other clips or options replaces the clips and options, never the
        votes. A campaign that was closed stays closed.

        Args:
            campaign: The campaign.
            clips: What it asks about, see `make_queue`.

        Raises:
            CampaignError: If a campaign of this name has another kind: votes of one kind never
                become votes of another.
        """
        rows = make_queue(clips)
        with self.writing() as connection:
            before = read_campaigns(connection).get(campaign.name, campaign)
            if before.kind != campaign.kind:
                raise CampaignError(
                    f"campaign {campaign.name!r} is of kind {before.kind}; choose another name "
                    f"for one of kind {campaign.kind}"
                )
            write_campaign(connection, campaign)
            write_clips(connection, campaign.name, rows)

    def close_campaign(self, name: str, now: datetime) -> None:
        """Close a campaign: it takes no more votes until it is opened again.

        Raises:
            VoteStoreError: If the campaign was never opened.
        """
        self._set_closed(name, utc_text(now))

    def reopen_campaign(self, name: str) -> None:
        """Let a closed campaign take votes again.

        Raises:
            VoteStoreError: If the campaign was never opened.
        """
        self._set_closed(name, None)

    def add_votes(self, votes: pd.DataFrame, now: datetime) -> int:
        """Add votes to the history, all of them or none, and return how many were new.

        A vote that the store has already is not written again, whatever came between: neither one
        with the same `vote_id`, nor, of votes without, the same row (see `make_rows`).

        Args:
            votes: HumanVotes of any open campaigns, in the order in which they were given.
            now: Time of receipt.

        Raises:
            UnknownAnnotator: If somebody is not registered.
            VoteStoreError: If a campaign was never opened, or is closed.
        """
        from libra_emo.schemas import HumanVotes, check

        table = check(votes, HumanVotes)
        if table.empty:
            return 0
        names = sorted(set(table["campaign"]))
        with self.writing() as connection:
            self._lock_campaigns(connection, names)
            key_of = find_keys(table["annotator"], read_annotators(connection))
            rows = make_rows(table, key_of, next_moment(connection, names, now))
            known = find_known(connection, names, {row["vote_id"] for row in rows})
            new = {row["vote_id"]: row for row in rows if row["vote_id"] not in known}
            if new:
                connection.execute(sa.insert(VOTES), [sealed(row) for row in new.values()])
        return len(new)

    def votes(self, campaign: str) -> pd.DataFrame:
        """Return the latest vote of each annotator for each clip of a campaign.

        A campaign that was never opened has no votes.
        """
        from libra_emo.schemas import HumanVotes, check

        latest = self.history(campaign).drop_duplicates(["clip_id", "annotator"], keep="last")
        latest = latest.drop(columns=["number", "vote_id"])
        return check(latest.sort_values(["clip_id", "annotator"]), HumanVotes)

    def history(self, campaign: str) -> pd.DataFrame:
        """Return every vote that a campaign ever got, in the order in which the store got them."""
        with self.reading() as connection:
            return read_history(connection, campaign)

    def annotators(self) -> dict[str, Annotator]:
        """Return every registered person by key, see `name_key`."""
        with self.reading() as connection:
            return read_annotators(connection)

    def add_annotators(
        self, names: Iterable[str], now: datetime, role: str = "annotator"
    ) -> tuple[list[Annotator], list[Annotator]]:
        """Register people, see `libra_emo.annotation.annotators.add_annotators`."""
        with self.writing() as connection:
            return add_annotators(connection, names, role, utc_text(now))

    def withdrawn(self) -> Callable[[str], bool]:
        """Return a function that says whether a name or pseudonym is of somebody who withdrew."""
        with self.reading() as connection:
            return read_withdrawn(connection)

    def change_annotator(self, name: str, **values: Any) -> Annotator:
        """Change a person's name, role or active, and return the person.

        Raises:
            UnknownAnnotator: If the person is not registered.
        """
        with self.writing() as connection:
            key = find_keys([name], read_annotators(connection))(name)
            change_annotator(connection, key, **values)
            return read_annotators(connection)[key]

    def digest(self, campaign: str) -> str:
        """Return the SHA-256 of a campaign's latest votes, the same for the same votes."""
        rows = self.votes(campaign).astype(object)
        rows = rows.where(rows.notna(), None)
        text = json.dumps(rows.to_numpy().tolist(), ensure_ascii=False)
        return digest_text(text)

    def clips(self, campaign: str) -> list[str]:
        """Return the ids of the clips that a campaign asks about, sorted."""
        query = sa.select(CLIPS.c.clip_id).where(CLIPS.c.campaign == campaign)
        with self.reading() as connection:
            return sorted(connection.execute(query).scalars())

    def queue(self, campaign: str) -> list[QueueRow]:
        """Return why and with which probability a campaign asks about each clip, by clip."""
        with self.reading() as connection:
            return read_rows(connection, campaign)

    def answered_elsewhere(self, campaign: str, clips: Iterable[str]) -> dict[str, set[str]]:
        """Return who answered for clips in other campaigns than this: names by clip key."""
        with self.reading() as connection:
            return read_answered_elsewhere(connection, campaign, map(clip_key, clips))

    def campaigns(self) -> dict[str, Campaign]:
        """Return every campaign that was opened, by its name; closed ones too."""
        with self.reading() as connection:
            return read_campaigns(connection)

    def closed_campaigns(self) -> dict[str, str]:
        """Return when each closed campaign was closed, ISO 8601 in UTC, by its name."""
        with self.reading() as connection:
            return read_closed(connection)

    def progress(self) -> list[Progress]:
        """Return how far each campaign has come, by name."""
        closed = self.closed_campaigns()
        return [
            measure_progress(campaign, self.clips(name), self.history(name), name in closed)
            for name, campaign in self.campaigns().items()
        ]

    def _set_closed(self, name: str, moment: str | None) -> None:
        change = sa.update(CAMPAIGNS).where(CAMPAIGNS.c.name == name).values(closed_at=moment)
        with self.writing() as connection:
            if not connection.execute(change).rowcount:
                self._refuse_unknown([name])

    def _refuse_unknown(self, names: list[str]) -> NoReturn:
        raise VoteStoreError(
            f"campaign {names[0]!r} was never opened in {self._shown_url}; run the pipeline "
            "that asks: it opens the campaign and ends when people are needed"
        )

    def _lock_campaigns(self, connection: sa.Connection, names: list[str]) -> None:
        """Let no other process write votes of these campaigns until this transaction ends."""
        columns = (CAMPAIGNS.c.name, CAMPAIGNS.c.closed_at)
        query = sa.select(*columns).where(CAMPAIGNS.c.name.in_(names))
        found = connection.execute(query.order_by(CAMPAIGNS.c.name).with_for_update()).all()
        if unknown := sorted(set(names) - {row.name for row in found}):
            self._refuse_unknown(unknown)
        if closed := [row.name for row in found if row.closed_at]:
            raise VoteStoreError(
                f"campaign {closed[0]!r} is closed and takes no more votes; "
                f"`kedro campaigns reopen {closed[0]}` opens it again"
            )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction that reads; errors of the database are one line."""
        with self._clear_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection in a transaction that writes; errors of the database are one line."""
        with self._clear_errors(), writing(self._engine) as connection:
            yield connection

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.SQLAlchemyError, OSError, UnicodeDecodeError) as error:
            cause = " ".join(str(getattr(error, "orig", None) or error).split())
            raise VoteStoreError(
                f"the store of votes {self._shown_url} failed: {cause}; {find_remedy(cause)}"
            ) from error

    @property
    def _shown_url(self) -> str:
        return show_address(self.url) if "://" in self.url else "(not a SQLAlchemy URL)"

    @cached_property
    def _engine(self) -> sa.Engine:
        try:
            engine = make_engine(self.url)
        except ModuleNotFoundError as error:
            raise VoteStoreError(
                f"the store of votes {self._shown_url} needs the package {error.name!r}; "
                "install it beside libra_emo"
            ) from error
        if not self._checked:
            with engine.connect() as connection:
                check_structure(connection)
            prepare_tables(engine)
        return engine
