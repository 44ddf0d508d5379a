"""Collects the votes of a campaign: from people through the store, or from simulated annotators."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, TypedDict, Unpack

import pandas as pd

from libra_emo.annotation.campaigns import (
    AUDIT,
    Campaign,
    CampaignError,
    PeopleNeeded,
    wait_or_end,
)
from libra_emo.annotation.consensus import count_votes, decide, needs_adjudication
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.queue import find_people, find_short
from libra_emo.annotation.queue_rows import QueueRow, make_queue
from libra_emo.annotation.simulated import SimulatedAnnotators, match_truth
from libra_emo.annotation.store import VoteStore
from libra_emo.schemas import HumanVotes, check, empty
from libra_emo.taxonomy import Taxonomy

Annotators = Literal["simulated", "people"]


class AnnotatorInputs(TypedDict):
    """The inputs that a node needs to ask people or to simulate them.

    Attributes:
        annotators: Who answers, people or simulated annotators.
        annotation_store: Store of the people's votes.
        sample_truth: SampleTruth, or None if the films are not those of the sample.
        candidates: Candidates, to find the truth of a clip by its time.
        seed: Seed of the simulated annotators' errors.
    """

    annotators: Annotators
    annotation_store: VoteStore | None
    sample_truth: pd.DataFrame | None
    candidates: pd.DataFrame
    seed: int


def ask_annotators(
    campaign: Campaign,
    clips: pd.DataFrame,
    taxonomy: Taxonomy,
    annotation: AnnotationOptions,
    answered: Mapping[str, Collection[str]] | None = None,
    **inputs: Unpack[AnnotatorInputs],
) -> pd.DataFrame:
    """Return the votes of a campaign from the annotators that the parameter `annotators` names.

    The nodes of the pipelines call this function. It makes the simulated annotators from the
    sample's truth; nothing else reads that truth here.

    Args:
        campaign: Campaign that asks.
        clips: Table with the clip_id of every clip that it asks about, and why if it says so.
        taxonomy: Taxonomy of the labels that can be chosen.
        annotation: Options of the simulated annotators.
        answered: Who answered for each clip before; of simulated annotators others are asked.
        **inputs: Who answers, and how they are reached.

    Returns:
        HumanVotes, see `collect_votes`.

    Raises:
        PeopleNeeded: If people have not yet answered everything; the campaign is then open.
        CampaignError: If the store or the simulated annotators are missing.
        SimulationError: If the truth of a clip is not known to the simulated annotators.
    """
    simulated = None
    annotators, sample_truth = inputs["annotators"], inputs["sample_truth"]
    if annotators == "simulated" and sample_truth is not None:
        truth = match_truth(sample_truth, inputs["candidates"])
        seed, errors = inputs["seed"], annotation.simulated
        simulated = SimulatedAnnotators(truth, taxonomy, seed, errors, answered or {})
    store = inputs["annotation_store"]
    return collect_votes(campaign, clips, annotators, store=store, simulated=simulated)


def collect_votes(
    campaign: Campaign,
    clips: Iterable[str] | pd.DataFrame,
    annotators: Annotators,
    *,
    store: VoteStore | None = None,
    simulated: SimulatedAnnotators | None = None,
) -> pd.DataFrame:
    """Return every vote that decides a campaign: its own and those of its adjudication.

    Votes of simulated annotators never enter the store. Without clips nobody is asked and no
    campaign is opened.

    Args:
        campaign: Campaign that asks.
        clips: Clips that it asks about, in any order: their ids, or a table with clip_id and why
            each is asked, see `libra_emo.annotation.queue.make_queue`.
        annotators: Who answers.
        store: Store of the people's votes; needed to ask people.
        simulated: The simulated annotators; needed to simulate.

    Returns:
        HumanVotes sorted by campaign, clip_id and annotator, for `settle`.

    Raises:
        PeopleNeeded: If people have not yet answered everything; the campaign is then open.
        CampaignError: If the store or the simulated annotators are missing.
        SimulationError: If the truth of a clip is not known to the simulated annotators.
    """
    queue = make_queue(clips)
    asked = sorted({row.clip_id for row in queue})
    if not asked:
        return empty(HumanVotes)
    if annotators == "simulated":
        if simulated is None:
            raise CampaignError(
                f"campaign {campaign.name!r}: there are no simulated annotators, since the truth "
                "of the clips is not known; set `annotators: people` to invite people"
            )
        votes = _simulate(campaign, asked, simulated)
    else:
        if store is None:
            raise CampaignError(
                f"campaign {campaign.name!r}: no store for people's votes is configured; "
                "give `annotation_store` a SQLAlchemy URL in the credentials"
            )
        votes = _ask_people(campaign, queue, store)
    return check(votes.sort_values(["campaign", "clip_id", "annotator"]), HumanVotes)


def _simulate(campaign: Campaign, asked: list[str], simulated: SimulatedAnnotators) -> pd.DataFrame:
    votes = simulated.vote(campaign, asked)
    disputed = needs_adjudication(decide(votes, campaign))
    return pd.concat([votes, simulated.adjudicate(campaign.adjudication, disputed)])


def _ask_people(campaign: Campaign, queue: list[QueueRow], store: VoteStore) -> pd.DataFrame:
    if campaign.kind != AUDIT:  # whoever asks one after the other ends where nobody is left
        short = set(_find_short(campaign, [row.clip_id for row in queue], store))
        queue = [row for row in queue if row.clip_id not in short]
    if not queue:
        return empty(HumanVotes)
    store.open_campaign(campaign, queue)
    asked = sorted({row.clip_id for row in queue})
    votes = _complete_votes(campaign, asked, store)
    disputed = needs_adjudication(decide(votes, campaign))
    if not disputed:
        return votes
    adjudication = campaign.adjudication
    store.open_campaign(adjudication, disputed)
    return pd.concat([votes, _complete_votes(adjudication, disputed, store)])


def _complete_votes(campaign: Campaign, asked: list[str], store: VoteStore) -> pd.DataFrame:
    """Return the votes that count for these clips, once they are all there.

    Raises:
        PeopleNeeded: If a clip lacks votes, unless the run stays; this ends the run.
    """
    while True:
        try:
            return _read_complete(campaign, asked, store)
        except PeopleNeeded as needed:
            wait_or_end(needed)


def _read_complete(campaign: Campaign, asked: list[str], store: VoteStore) -> pd.DataFrame:
    """Return the votes that count for these clips.

    Raises:
        PeopleNeeded: If a clip lacks votes.
    """
    stored = store.history(campaign.name)
    stored = stored[stored["clip_id"].isin(asked)]
    known = stored["label"].isin(campaign.answers)
    votes = count_votes(stored[known], campaign).drop(columns="vote_id")
    counts = votes.groupby("clip_id").size()
    waiting = [c for c in asked if counts.get(c, 0) < campaign.annotators_per_clip]
    if waiting:
        raise PeopleNeeded(
            _invitation(campaign, len(waiting), len(asked), int((~known).sum()), store),
            campaign=campaign.name,
            waiting=len(waiting),
            asked=len(asked),
        )
    return votes


def _find_short(campaign: Campaign, clips: list[str], store: VoteStore) -> list[str]:
    """Return the clips for which too few people are left who have not answered elsewhere."""
    if not campaign.fresh:
        return []
    people = find_people(campaign, store.annotators().values())
    elsewhere = store.answered_elsewhere(campaign.name, clips)
    return find_short(campaign, clips, people, store.history(campaign.name), elsewhere)


def _invitation(
    campaign: Campaign, waiting: int, asked: int, outdated: int, store: VoteStore
) -> str:
    """Return the message that the user reads if clips wait for people."""
    who = (
        "an adjudicator's answer (the annotators did not agree)"
        if campaign.is_adjudication
        else f"the votes of {campaign.annotators_per_clip} annotators each"
    )
    note = f"; {outdated} stored votes have labels that the taxonomy lacks" if outdated else ""
    short = _find_short(campaign, store.clips(campaign.name), store)
    if short:
        note += (
            f"; for {len(short)} clips, first {short[0]}, too few people are left who have not "
            "answered for them before: register more with `kedro annotators add NAME …`"
        )
    closed = campaign.name in store.closed_campaigns()
    todo = f"The campaign is closed: open it with `kedro campaigns reopen {campaign.name}`. "
    return (
        f"campaign {campaign.name!r}: {waiting} of {asked} clips wait for {who}{note}. "
        f"{todo if closed else ''}People label them in the browser with `kedro annotate` (at "
        "http://127.0.0.1:8642 unless told otherwise), or in lists that `kedro export-queue "
        f"{campaign.mixed_into or campaign.name}` writes and `kedro import-votes FILE` reads; "
        "then run again."
    )
