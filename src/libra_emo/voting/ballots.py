"""Ballots: the votes of a cue voter, and their rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from libra_emo.schemas import MachineVotes, check, empty

OK = "ok"
ABSTAINED = "abstained"


class Ballot(NamedTuple):
    """Vote of a cue voter on a clip; without a label the voter abstains."""

    clip_id: str
    label: str | None
    explanation: str


def cue_votes(voter: str, ballots: Iterable[Ballot]) -> pd.DataFrame:
    """Return ballots as MachineVotes sorted by clip_id; a cue voter has no reply and no cost."""
    cast = sorted(ballots)
    if not cast:
        return empty(MachineVotes)
    nothing = [None] * len(cast)
    columns = {
        "clip_id": [ballot.clip_id for ballot in cast],
        "voter": [voter] * len(cast),
        "label": [ballot.label for ballot in cast],
        "explanation": [ballot.explanation for ballot in cast],
        "status": [ABSTAINED if ballot.label is None else OK for ballot in cast],
        "reply": nothing,
        "prompt_tokens": nothing,
        "completion_tokens": nothing,
        "cost_usd": nothing,
        "seconds": nothing,
    }
    return check(pd.DataFrame(columns), MachineVotes)
