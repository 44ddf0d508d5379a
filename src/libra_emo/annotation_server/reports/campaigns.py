"""The reports of the lead's pages, computed from the log of votes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from libra_emo.annotation.campaigns import ADJUDICATION_SUFFIX, Campaign
from libra_emo.annotation.database.campaigns import read_campaigns, read_closed
from libra_emo.annotation.database.tables import CLIPS
from libra_emo.annotation.queue import find_people
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.reports.agreement import AgreementReport, report_agreement
from libra_emo.annotation_server.reports.pace import (
    Forecast,
    forecast,
    measure_active_seconds,
    sum_by_person,
)
from libra_emo.annotation_server.reports.people import PersonReport, describe_people
from libra_emo.annotation_server.reports.selection import Selection, select_votes
from libra_emo.annotation_server.reports.vote_log import VoteLog, Votes
from libra_emo.taxonomy import Taxonomy


@dataclass(frozen=True)
class CampaignReport:
    """How far a campaign is.

    Attributes:
        campaign: The campaign.
        closed: Whether it takes no more votes.
        clips: How many clips it asks about.
        complete: How many have all the votes that they need.
        votes: How many votes count.
        missing: How many votes are missing; of campaigns that ask everybody, those of the people
            who take part now.
        disputed: Keys of the complete clips without consensus.
        undecided: Keys of those which no adjudicator has decided.
        forecast: The work that is left.
        by_person: Number of clips that each person answered, by the person's key.
    """

    campaign: Campaign
    closed: bool
    clips: int
    complete: int
    votes: int
    missing: int
    disputed: list[str]
    undecided: list[str]
    forecast: Forecast
    by_person: dict[str, int]


class CampaignDetails(NamedTuple):
    """What the page of one campaign shows beside its report."""

    report: CampaignReport
    agreement: AgreementReport
    people: list[PersonReport]


class _World(NamedTuple):
    """What is read for every page."""

    votes: Votes
    campaigns: dict[str, Campaign]
    closed: dict[str, str]
    keys: dict[str, list[str]]
    truths: dict[str, dict[str, str]]


class Reports:
    """Computes the reports of one store.

    Args:
        store: Store of the votes.
        taxonomy: The labels.
    """

    def __init__(self, store: VoteStore, taxonomy: Taxonomy) -> None:
        self._store, self._taxonomy = store, taxonomy
        self._log = VoteLog(store)
        self._agreement: dict[str, tuple[object, AgreementReport]] = {}

    def list_campaigns(self) -> list[CampaignReport]:
        """Return how far each campaign is, by name."""
        world = self._read()
        return [self._report(world, name) for name in world.campaigns]

    def describe_campaign(self, name: str) -> CampaignDetails | None:
        """Return all about one campaign, or None if there is none of this name."""
        world = self._read()
        if name not in world.campaigns:
            return None
        selection = self._select(world, name)
        gold, again = (
            self._select(world, f"{name}.{kind}") if f"{name}.{kind}" in world.campaigns else None
            for kind in ("gold", "repeat")
        )
        truths = world.truths.get(f"{name}.gold", {})
        return CampaignDetails(
            self._report(world, name, selection),
            self._measure(selection),
            describe_people(self._log, selection, gold, truths, again),
        )

    def _measure(self, selection: Selection) -> AgreementReport:
        """Return the agreement; the one that is known holds while the same votes count."""
        state = (len(selection.given), len(selection.keys), hash(selection.counts.tobytes()))
        known = self._agreement.get(selection.campaign.name)
        if known is None or known[0] != state:
            known = (state, report_agreement(selection, self._taxonomy))
            self._agreement[selection.campaign.name] = known
        return known[1]

    def _report(
        self, world: _World, name: str, selection: Selection | None = None
    ) -> CampaignReport:
        selection = selection or self._select(world, name)
        campaign, keys = selection.campaign, selection.keys
        disputed = [] if campaign.is_adjudication else _pick(keys, selection.disputed)
        undecided = set(disputed) - self._find_decided(world, name) if disputed else set()
        needed = self._count_needed(campaign)
        missing = max(0, len(keys) * needed - len(selection.latest))
        people = len(self._log.names["person"].texts)
        active = sum_by_person(selection.given, measure_active_seconds(selection.given), people)
        answered = np.bincount(selection.given.person, minlength=people).astype(float)
        return CampaignReport(
            campaign=campaign,
            closed=name in world.closed,
            clips=len(keys),
            complete=int(selection.complete.sum()),
            votes=len(selection.latest),
            missing=missing,
            disputed=disputed,
            undecided=sorted(undecided),
            forecast=forecast(answered, active, missing),
            by_person=self._count_clips(selection),
        )

    def _count_clips(self, selection: Selection) -> dict[str, int]:
        keys = self._log.names["person"].texts
        counts = np.bincount(selection.latest.person, minlength=len(keys)).tolist()
        return {key: count for key, count in zip(keys, counts, strict=True) if count}

    def _count_needed(self, campaign: Campaign) -> int:
        """Return how many votes each clip needs."""
        if campaign.asks_everybody:
            return len(find_people(campaign, self._store.annotators().values()))
        return campaign.annotators_per_clip

    def _find_decided(self, world: _World, name: str) -> set[str]:
        adjudication = name + ADJUDICATION_SUFFIX
        if adjudication not in world.campaigns:
            return set()
        decided = self._select(world, adjudication)
        return set(_pick(decided.keys, decided.complete))

    def _select(self, world: _World, name: str) -> Selection:
        return select_votes(self._log, world.votes, world.campaigns[name], world.keys.get(name, []))

    def _read(self) -> _World:
        votes = self._log.read()
        query = sa.select(CLIPS.c.campaign, CLIPS.c.clip_key, CLIPS.c.truth)
        keys: dict[str, list[str]] = defaultdict(list)
        truths: dict[str, dict[str, str]] = defaultdict(dict)
        with self._store.reading() as connection:
            campaigns, closed = read_campaigns(connection), read_closed(connection)
            for campaign, key, truth in connection.execute(query):
                keys[campaign].append(key)
                if truth is not None:
                    truths[campaign][key] = truth
        return _World(votes, campaigns, closed, keys, truths)


def _pick(keys: Sequence[str], flags: NDArray[np.bool_]) -> list[str]:
    return [key for key, flag in zip(keys, flags.tolist(), strict=True) if flag]
