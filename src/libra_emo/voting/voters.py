"""The interface of voters, and how the configured voters are made and asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import pandas as pd

from libra_emo.llm.client.model import LlmResources
from libra_emo.llm.client.settings import OnProgress, ignore_progress
from libra_emo.llm.replies.reader import Reply
from libra_emo.schemas import MachineVotes, check, empty
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.llm_voter import LlmVoter, VoterError
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.polling import open_clips, poll
from libra_emo.voting.profile_voter import FaceVoter, VoiceVoter
from libra_emo.voting.text_voter import TextVoter


class Voter(Protocol):
    """Gives each clip a label, or says why not."""

    @property
    def name(self) -> str:
        """Name of the voter in the tables."""

    def vote(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return MachineVotes, one row for each row of a Features table, sorted by clip_id."""


_CUE_VOTERS: Mapping[str, Callable[[str, Taxonomy], Voter]] = {
    "text": TextVoter,
    "face": FaceVoter,
    "voice": VoiceVoter,
}


def build_voters(
    options: VotingOptions, taxonomy: Taxonomy, resources: LlmResources | None = None
) -> list[Voter]:
    """Return the configured voters in their order.

    Args:
        options: Options that name the voters.
        taxonomy: Taxonomy of the labels.
        resources: What is needed to ask models; not needed if no voter asks one.

    Raises:
        VoterError: If a voter cannot be made as configured.
        TaxonomyError: If a voter has no cues for a label of the taxonomy.
    """
    voters: list[Voter] = []
    for voter in options.voters:
        if voter.cue is not None:
            voters.append(_CUE_VOTERS[voter.cue](voter.name, taxonomy))
        elif resources is None:
            raise VoterError(
                f"voter {voter.name!r} asks a model, but ledger, prompt and prices are not given"
            )
        else:
            voters.append(LlmVoter(voter, options, taxonomy, resources))
    return voters


def cast_votes(
    voters: Sequence[Voter],
    features: pd.DataFrame,
    voting: VotingOptions | None = None,
    asked: Collection[str] | None = None,
    always: Collection[str] = (),
    on_progress: OnProgress = ignore_progress,
    coarse_of: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[tuple[str, Reply]]]:
    """Return the votes of all voters in one table, sorted by clip and voter.

    Cue voters read every clip of the table, so that they know what is usual in each film. Models
    are asked about `asked` alone, all at the same time; with `voting.sequential` one after the
    other, each only about clips that the voters before it leave open.

    Args:
        voters: Voters in the order in which they are asked.
        features: Features of all clips.
        voting: Options of the vote; needed if a model is asked.
        asked: Clips for which votes are wanted; all when not given.
        always: Clips about which every voter is asked, whatever the others say.
        on_progress: Called after each question to a model.
        coarse_of: Label → parent. With `label_set: coarse` a cue voter's label is replaced by its
            parent.

    Returns:
        MachineVotes of the asked clips, and each model's raw reply with its reading.

    Raises:
        VotersStopped: If a model could not be asked any more.
    """
    options = voting or VotingOptions()
    wanted = set(features["clip_id"] if asked is None else asked)
    chosen = features[features["clip_id"].isin(wanted)].sort_values("clip_id")
    models = [voter for voter in voters if isinstance(voter, LlmVoter)]
    readings: list[tuple[str, Reply]] = []
    tables = []
    for voter in voters:
        if not isinstance(voter, LlmVoter):
            votes = voter.vote(features)
            if options.label_set == "coarse" and coarse_of is not None:
                votes["label"] = votes["label"].map(coarse_of, na_action="ignore").astype("str")
            tables.append(votes[votes["clip_id"].isin(wanted)])
    together = max(1, options.min_agreement - len(tables)) if options.sequential else len(models)
    while models:
        now, models, together = models[:together], models[together:], 1
        clips = chosen
        if options.sequential and tables:
            so_far = pd.concat(tables, ignore_index=True)
            left = open_clips(so_far, wanted, len(now) + len(models), options.min_agreement)
            clips = chosen[chosen["clip_id"].isin({*left, *always})]
        votes, read = poll(now, clips, options, on_progress)
        tables.append(votes)
        readings += read
    table = pd.concat(tables, ignore_index=True) if tables else empty(MachineVotes)
    return check(table.sort_values(["clip_id", "voter"]), MachineVotes), readings
