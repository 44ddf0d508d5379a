"""Nodes of the vote: machine votes, their majority, people's votes, labels of round 0."""

from __future__ import annotations

from functools import partial
from typing import Unpack

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.collection import AnnotatorInputs, Annotators, ask_annotators
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.settlement import merge_labels, relabel
from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.errors import LibraEmoError
from libra_emo.labelling.evidence import Evidence, weigh_evidence
from libra_emo.llm.client.model import LlmResources
from libra_emo.llm.client.progress import SpendingDisplay, utc_now
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.pricing.price_list import PriceList
from libra_emo.llm.replies.rule_table import count_rules
from libra_emo.llm.request.attachments import ClipSource
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.pipelines.active_learning.options import ActiveLearningOptions
from libra_emo.pipelines.active_learning.posterior_labels import label_undecided
from libra_emo.pipelines.active_learning.stopping_criterion import check_class_targets
from libra_emo.pipelines.sequential_asking import ask_in_steps, find_answered
from libra_emo.schemas import (
    Features,
    HumanVotes,
    MachineVotes,
    Predictions,
    Queue,
    RoundLabels,
    check,
    check_labels,
    empty,
)
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.majority import majority_vote
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.polling import open_clips
from libra_emo.voting.voters import build_voters, cast_votes

CAMPAIGN = "round_0"


class VotingError(LibraEmoError):
    """The tables of the vote do not match."""


def cast_machine_votes(
    features: pd.DataFrame,
    bench_sample: pd.DataFrame,
    pool: pd.DataFrame,
    clip_shards: ClipSource,
    answers: Ledger,
    annotate_prompt: Prompt,
    prices: PriceList,
    llm_keys: Keys,
    taxonomy: Taxonomy,
    voting: VotingOptions,
    seed: int,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return MachineVotes of pool and bench sample, and counts of how models' replies were read.

    Cue voters read the features of every clip, withheld ones too, so that they know what is usual
    in each film. Models are asked about pool and bench alone. About the bench every model is asked,
    even with `sequential`, since the bench measures the voters.

    Raises:
        VotingError: If a clip has no features.
        VoterError: If a voter cannot be made as configured.
        VotersStopped: If a model could not be asked any more.
        TaxonomyError: If a voter has no cues for a label.
    """
    with answers:
        table = check(features, Features)
        asked = sorted({*bench_sample["clip_id"], *pool["clip_id"]})
        missing = sorted(set(asked) - set(table["clip_id"]))
        if missing:
            raise VotingError(
                f"{len(missing)} of {len(asked)} clips have no features, the first is "
                f"{missing[0]}; run preprocessing again"
            )
        prompt = annotate_prompt.with_values(person_meant=person_meant)
        resources = LlmResources(clip_shards, answers, prompt, prices, llm_keys, seed, utc_now)
        voters = build_voters(voting, taxonomy, resources)
        with SpendingDisplay(voting.max_cost_usd, len(asked)) as display:
            bench = set(bench_sample["clip_id"])
            votes, readings = cast_votes(
                voters, table, voting, asked, bench, display.show, taxonomy.coarse_of
            )
    return votes, count_rules(readings).drop(columns="right")


def label_by_majority(
    machine_votes: pd.DataFrame, pool: pd.DataFrame, taxonomy: Taxonomy, voting: VotingOptions
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels on which the voters agree, and the Queue of the pool's other clips.

    The queue has neither labels nor predictions: people who label it must not see the votes.

    Returns:
        RoundLabels of origin machine, and Queue; each clip of the pool is in exactly one.

    Raises:
        VotingError: If a voter's row is missing for a clip: a voter that stopped must not count as
            one that abstained.
    """
    clips = sorted(pool["clip_id"])
    votes = check(machine_votes, MachineVotes)
    votes = votes[votes["clip_id"].isin(clips)]
    check_labels(votes["label"], taxonomy, "machine_votes")
    _check_complete(votes, clips, voting)
    decisions = majority_vote(votes, voting.min_agreement, clips)
    decided = decisions["label"].notna()
    labels = decisions[decided].assign(origin="machine", round=0)
    queue = decisions.loc[~decided, ["clip_id"]].assign(
        current_label=None, predicted=None, confidence=None
    )
    return check(labels, RoundLabels), check(queue, Queue)


def collect_round_0_votes(
    queue: pd.DataFrame,
    machine_votes: pd.DataFrame,
    taxonomy: Taxonomy,
    voting: VotingOptions,
    active_learning: ActiveLearningOptions,
    annotation: AnnotationOptions,
    **inputs: Unpack[AnnotatorInputs],
) -> pd.DataFrame:
    """Return the HumanVotes on the clips that the voters did not decide, adjudication included.

    With `active_learning.sequential` one annotator after the other is asked, as in the rounds, and
    nobody adjudicates.

    Raises:
        PeopleNeeded: If people have not yet answered everything.
        SimulationError: If the simulated annotators lack the truth of a clip.
        LabellingError: If a target is set for a class that there is not.
    """
    check_class_targets(active_learning, taxonomy)
    asked = queue.assign(reason="undecided")
    campaign = _campaign(taxonomy, voting)
    if not active_learning.sequential:
        return ask_annotators(campaign, asked, taxonomy, annotation, **inputs)

    def ask(step: Campaign, clips: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
        answered = find_answered(known)
        return ask_annotators(step, clips, taxonomy, annotation, answered=answered, **inputs)

    return ask_in_steps(
        asked,
        campaign,
        empty(HumanVotes),
        partial(weigh_undecided, queue, machine_votes, taxonomy),
        ask,
        taxonomy,
        active_learning.asking,
    )


def merge_round_0(
    majority: pd.DataFrame,
    queue: pd.DataFrame,
    human_votes: pd.DataFrame,
    machine_votes: pd.DataFrame,
    pool: pd.DataFrame,
    annotators: Annotators,
    taxonomy: Taxonomy,
    voting: VotingOptions,
    active_learning: ActiveLearningOptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels of round 0 as RoundLabels, and its Dropped clips.

    Where one annotator after the other was asked, a clip gets the label of its posterior.

    Raises:
        VotingError: Unless each clip of the pool is in exactly one of them.
    """
    simulated = annotators == "simulated"
    if active_learning.sequential and len(queue):
        evidence = weigh_undecided(queue, machine_votes, taxonomy, human_votes)
        found = label_undecided(evidence, taxonomy, active_learning, simulated=simulated)
        labels = merge_labels(majority, queue["clip_id"], found.labels, found.dropped)
        dropped = found.dropped
    else:
        campaign = _campaign(taxonomy, voting)
        labels, dropped = relabel(
            majority, queue, human_votes, campaign, round_number=0, simulated=simulated
        )
    if sorted([*labels["clip_id"], *dropped["clip_id"]]) != sorted(pool["clip_id"]):
        raise VotingError(
            f"round 0 does not balance: the pool has {len(pool)} clips, but there are "
            f"{len(labels)} labels and {len(dropped)} dropped clips; run voting again"
        )
    return labels, dropped


def _check_complete(votes: pd.DataFrame, clips: list[str], voting: VotingOptions) -> None:
    """Raise if a row is missing, except for voters that are not asked about decided clips."""
    for place, voter in enumerate(voting.voters):
        voted = set(votes.loc[votes["voter"] == voter.name, "clip_id"])
        missing = set(clips) - voted
        if missing and voting.sequential and voter.kind == "llm":
            to_come = len([v for v in voting.voters[place:] if v.kind == "llm"])
            missing &= set(open_clips(votes, missing, to_come, voting.min_agreement))
        if missing:
            raise VotingError(
                f"voter {voter.name!r} has no row for {len(missing)} of {len(clips)} clips of the "
                f"pool, the first is {min(missing)}; run voting again"
            )


def weigh_undecided(
    queue: pd.DataFrame, machine_votes: pd.DataFrame, taxonomy: Taxonomy, votes: pd.DataFrame
) -> Evidence:
    """Return what voters and people say of the clips that the voters did not decide."""
    return weigh_evidence(queue["clip_id"], empty(Predictions), machine_votes, votes, taxonomy)


def _campaign(taxonomy: Taxonomy, voting: VotingOptions) -> Campaign:
    return Campaign.of(CAMPAIGN, taxonomy, voting.annotators_per_clip, voting.threshold)
