"""What a voter is, and how the configured ones are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.schemas import MachineVotes, check
from libra_emo.taxonomy import Taxonomy
from libra_emo.voting.face_voter import FaceVoter
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.text_voter import TextVoter
from libra_emo.voting.voice_voter import VoiceVoter


class VoterError(LibraEmoError):
    """A voter cannot be made as configured."""


class Voter(Protocol):
    """Gives each clip a label, or says why not."""

    @property
    def name(self) -> str:
        """The voter's name, as its votes carry it."""

    def vote(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return MachineVotes, one row for each row of a Features table, sorted by clip_id."""


_CUE_VOTERS: Mapping[str, Callable[[str, Taxonomy], Voter]] = {
    "text": TextVoter,
    "face": FaceVoter,
    "voice": VoiceVoter,
}


def build_voters(options: VotingOptions, taxonomy: Taxonomy) -> list[Voter]:
    """Return the configured voters in their order.

    Raises:
        VoterError: If one is of a kind that this version does not have.
        TaxonomyError: If one has no cues for a label of the taxonomy.
    """
    voters: list[Voter] = []
    for voter in options.voters:
        if voter.cue is None:
            raise VoterError(
                f"voter {voter.name!r}: voters of kind {voter.kind} are not part of this version; "
                "use kind cue in `voting.voters`"
            )
        voters.append(_CUE_VOTERS[voter.cue](voter.name, taxonomy))
    return voters


def cast_votes(voters: list[Voter], features: pd.DataFrame) -> pd.DataFrame:
    """Return the votes of all voters in one table, sorted by clip and voter."""
    votes = pd.concat([voter.vote(features) for voter in voters], ignore_index=True)
    return check(votes.sort_values(["clip_id", "voter"]), MachineVotes)
