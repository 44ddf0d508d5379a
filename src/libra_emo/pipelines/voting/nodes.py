"""What happens in the vote: machine votes, their majority, people's votes, labels of round 0."""

from __future__ import annotations

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.collection import Annotators, ask_annotators
from libra_emo.annotation.consensus import merge_labels, settle
from libra_emo.annotation.options import AnnotationOptions
from libra_emo.annotation.store import VoteStore
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import Features, MachineVotes, Queue, RoundLabels, check, check_labels
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.majority import majority_vote
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.voters import build_voters, cast_votes

CAMPAIGN = "round_0"


class VotingError(LibraEmoError):
    """The tables of the vote do not fit together."""


def cast_machine_votes(
    features: pd.DataFrame,
    bench_sample: pd.DataFrame,
    pool: pd.DataFrame,
    taxonomy: Taxonomy,
    voting: VotingOptions,
) -> pd.DataFrame:
    """Return MachineVotes: one row for each clip of pool and bench sample, and each voter.

    The voters read the features of every clip, withheld ones too, so that they know what is
    usual in each film.

    Raises:
        VotingError: If a clip has no features.
        TaxonomyError: If a voter has no cues for a label.
    """
    table = check(features, Features)
    asked = sorted({*bench_sample["clip_id"], *pool["clip_id"]})
    missing = sorted(set(asked) - set(table["clip_id"]))
    if missing:
        raise VotingError(
            f"{len(missing)} of {len(asked)} clips have no features, the first is {missing[0]}; "
            "run preprocessing again"
        )
    votes = cast_votes(build_voters(voting, taxonomy), table)
    return check(votes[votes["clip_id"].isin(asked)], MachineVotes)


def label_by_majority(
    machine_votes: pd.DataFrame, pool: pd.DataFrame, taxonomy: Taxonomy, voting: VotingOptions
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels on which the voters agree, and the Queue of the pool's other clips.

    Nobody who labels the queue is told what the voters said, so it carries neither labels nor
    predictions.

    Returns:
        RoundLabels of origin machine, and Queue; each clip of the pool is in exactly one.

    Raises:
        VotingError: If a voter's row is missing for a clip, since a voter that stopped must not
            pass for one that abstained.
    """
    clips = sorted(pool["clip_id"])
    votes = check(machine_votes, MachineVotes)
    votes = votes[votes["clip_id"].isin(clips)]
    check_labels(votes["label"], taxonomy, "machine_votes")
    _check_complete(votes, clips, voting)
    decisions = majority_vote(votes, voting.min_agreement)
    decided = decisions["label"].notna()
    labels = decisions[decided].assign(origin="machine", round=0)
    queue = decisions.loc[~decided, ["clip_id"]].assign(
        current_label=None, predicted=None, confidence=None
    )
    return check(labels, RoundLabels), check(queue, Queue)


def collect_round_0_votes(
    queue: pd.DataFrame,
    annotators: Annotators,
    annotation_store: VoteStore,
    sample_truth: pd.DataFrame | None,
    candidates: pd.DataFrame,
    taxonomy: Taxonomy,
    annotation: AnnotationOptions,
    voting: VotingOptions,
    seed: int,
) -> pd.DataFrame:
    """Return the HumanVotes on the clips that the voters did not decide, adjudication included.

    Raises:
        PeopleNeeded: If people have not yet answered everything.
        SimulationError: If the simulated annotators lack the truth of a clip.
    """
    return ask_annotators(
        _campaign(taxonomy, voting),
        queue["clip_id"],
        annotators,
        store=annotation_store,
        sample_truth=sample_truth,
        candidates=candidates,
        taxonomy=taxonomy,
        options=annotation,
        seed=seed,
    )


def merge_round_0(
    majority: pd.DataFrame,
    queue: pd.DataFrame,
    human_votes: pd.DataFrame,
    pool: pd.DataFrame,
    annotators: Annotators,
    taxonomy: Taxonomy,
    voting: VotingOptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels of round 0 as RoundLabels, and its Dropped clips.

    Raises:
        VotingError: Unless each clip of the pool is in exactly one of them.
    """
    settled, dropped = settle(
        queue["clip_id"],
        human_votes,
        _campaign(taxonomy, voting),
        round_number=0,
        simulated=annotators == "simulated",
    )
    labels = merge_labels(majority, queue["clip_id"], settled, dropped)
    if sorted([*labels["clip_id"], *dropped["clip_id"]]) != sorted(pool["clip_id"]):
        raise VotingError(
            f"round 0 does not balance: the pool has {len(pool)} clips, but there are "
            f"{len(labels)} labels and {len(dropped)} dropped clips; run voting again"
        )
    return labels, dropped


def _check_complete(votes: pd.DataFrame, clips: list[str], voting: VotingOptions) -> None:
    for voter in voting.voters:
        voted = set(votes.loc[votes["voter"] == voter.name, "clip_id"])
        missing = sorted(set(clips) - voted)
        if missing:
            raise VotingError(
                f"voter {voter.name!r} has no row for {len(missing)} of {len(clips)} clips of the "
                f"pool, the first is {missing[0]}; run voting again"
            )


def _campaign(taxonomy: Taxonomy, voting: VotingOptions) -> Campaign:
    return Campaign.of(CAMPAIGN, taxonomy, voting.annotators_per_clip, voting.threshold)
