"""Getting the votes of a campaign: from people through the store, or from simulated ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict, Unpack

import pandas as pd

from libra_emo.annotation.campaigns import Campaign, CampaignError, PeopleNeeded
from libra_emo.annotation.consensus import count_votes, decide, needs_adjudication
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.simulated import SimulatedAnnotators, match_truth
from libra_emo.annotation.store import VoteStore
from libra_emo.schemas import HumanVotes, check, empty
from libra_emo.taxonomy import Taxonomy

Annotators = Literal["simulated", "people"]


class Answerers(TypedDict):
    """What every node that asks annotators is given, to reach people or to simulate them.

    Attributes:
        annotators: Who answers.
        annotation_store: Where people's votes are kept.
        sample_truth: SampleTruth, or None where the films are not the sample's.
        candidates: Candidates, to find the truth of a clip by its time.
        seed: Of the simulated annotators' errors.
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
    **answerers: Unpack[Answerers],
) -> pd.DataFrame:
    """Return the votes of a campaign, asking whom the parameter `annotators` names.

    What a pipeline's node calls: it makes the simulated annotators out of the sample's truth,
    which is looked at for them alone.

    Args:
        campaign: What is asked.
        clips: The clips it asks about, by their clip_id.
        taxonomy: Whose labels are asked for.
        annotation: How simulated annotators err.
        **answerers: Who answers, and what it takes to reach them.

    Returns:
        As `collect_votes`, which also says what is raised.
    """
    simulated = None
    annotators, sample_truth = answerers["annotators"], answerers["sample_truth"]
    if annotators == "simulated" and sample_truth is not None:
        truth = match_truth(sample_truth, answerers["candidates"])
        seed, errors = answerers["seed"], annotation.simulated
        simulated = SimulatedAnnotators(truth, taxonomy, seed, errors)
    store = answerers["annotation_store"]
    return collect_votes(campaign, clips["clip_id"], annotators, store=store, simulated=simulated)


def collect_votes(
    campaign: Campaign,
    clips: Iterable[str],
    annotators: Annotators,
    *,
    store: VoteStore | None = None,
    simulated: SimulatedAnnotators | None = None,
) -> pd.DataFrame:
    """Return every vote that decides a campaign: its own and those of its adjudication.

    Votes of simulated annotators never enter the store. With no clips nothing is asked and
    nothing is opened.

    Args:
        campaign: What is asked.
        clips: The ids of the clips it asks about, in any order.
        annotators: Who answers.
        store: Where people's votes are kept; needed for people.
        simulated: The simulated annotators; needed for them.

    Returns:
        HumanVotes sorted by campaign, clip_id and annotator, for `settle`.

    Raises:
        PeopleNeeded: If people have not yet answered everything; the campaign is then open.
        CampaignError: If the store or the simulated annotators are missing.
        SimulationError: If the simulated annotators lack the truth of a clip.
    """
    asked = sorted(set(clips))
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
        votes = _ask_people(campaign, asked, store)
    return check(votes.sort_values(["campaign", "clip_id", "annotator"]), HumanVotes)


def _simulate(campaign: Campaign, asked: list[str], simulated: SimulatedAnnotators) -> pd.DataFrame:
    votes = simulated.vote(campaign, asked)
    disputed = needs_adjudication(decide(votes, campaign))
    return pd.concat([votes, simulated.adjudicate(campaign.adjudication, disputed)])


def _ask_people(campaign: Campaign, asked: list[str], store: VoteStore) -> pd.DataFrame:
    store.open_campaign(campaign, asked)
    votes = _complete_votes(campaign, asked, store)
    disputed = needs_adjudication(decide(votes, campaign))
    if not disputed:
        return votes
    adjudication = campaign.adjudication
    store.open_campaign(adjudication, disputed)
    return pd.concat([votes, _complete_votes(adjudication, disputed, store)])


def _complete_votes(campaign: Campaign, asked: list[str], store: VoteStore) -> pd.DataFrame:
    """Return the counting votes for the asked clips, or end the run when some are missing."""
    found = store.votes(campaign.name)
    found = found[found["clip_id"].isin(asked)]
    known = found["label"].isin(campaign.answers)
    votes = count_votes(found[known], campaign)
    given = votes.groupby("clip_id").size()
    waiting = [c for c in asked if given.get(c, 0) < campaign.annotators_per_clip]
    if waiting:
        raise PeopleNeeded(
            _invitation(campaign, len(waiting), len(asked), int((~known).sum())),
            campaign=campaign.name,
            waiting=len(waiting),
            asked=len(asked),
        )
    return votes


def _invitation(campaign: Campaign, waiting: int, asked: int, outdated: int) -> str:
    """Return what the user reads when clips wait for people."""
    who = (
        "an adjudicator's answer (the annotators did not agree)"
        if campaign.is_adjudication
        else f"the votes of {campaign.annotators_per_clip} annotators each"
    )
    note = f"; {outdated} stored votes name labels that the taxonomy lacks" if outdated else ""
    return (
        f"campaign {campaign.name!r}: {waiting} of {asked} clips wait for {who}{note}. "
        "Put votes in with `kedro import-votes FILE`, then run again."
    )
