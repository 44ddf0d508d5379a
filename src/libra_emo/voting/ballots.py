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
    rows = [
        {
            "clip_id": ballot.clip_id,
            "voter": voter,
            "label": ballot.label,
            "explanation": ballot.explanation,
            "status": ABSTAINED if ballot.label is None else OK,
            "reply": None,
            "prompt_tokens": None,
            "completion_tokens": None,
            "cost_usd": None,
            "seconds": None,
        }
        for ballot in sorted(ballots)
    ]
    return check(pd.DataFrame(rows), MachineVotes) if rows else empty(MachineVotes)
