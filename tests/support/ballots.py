"""Small tables of votes for tests."""

from __future__ import annotations

import pandas as pd

from libra_emo.schemas import HumanVotes, check, empty

VOTERS = ("anna", "ben", "zoe", "王芳", *(f"a{number}" for number in range(12)))


def ballots(campaign: str, **answers: str) -> pd.DataFrame:
    """Return HumanVotes: `ballots("bench", c1="happy happy sad")` is three annotators' votes."""
    rows = [
        {"campaign": campaign, "clip_id": clip_id, "annotator": f"a{number}", "label": label}
        for clip_id, given in answers.items()
        for number, label in enumerate(given.split())
    ]
    if not rows:
        return empty(HumanVotes)
    return check(pd.DataFrame(rows).assign(voted_at=None, seconds=None), HumanVotes)


def dated(votes: pd.DataFrame, *moments: str) -> pd.DataFrame:
    """Return votes with the given times, row by row."""
    return check(votes.assign(voted_at=list(moments)), HumanVotes)
