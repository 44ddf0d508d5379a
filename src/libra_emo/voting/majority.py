"""The machine vote: when enough voters give one label, it is the clip's label."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from libra_emo.schemas import COUNTED_STATUSES, MachineVotes, check

COLUMNS = ("clip_id", "label", "support", "votes")


def majority_vote(
    machine_votes: pd.DataFrame, min_agreement: int, asked: Iterable[str] = ()
) -> pd.DataFrame:
    """Return the common vote of all voters on each clip (paper, section 2.2.1: 2 of 3).

    A label wins when at least `min_agreement` voters gave it and no other label has as many.
    Only votes with a counted status count. A clip without such a vote has a row without a label.

    Args:
        machine_votes: MachineVotes, at most one row for each clip and voter.
        min_agreement: Number of voters that must give the same label.
        asked: Clips that have a row even if nobody voted on them.

    Returns:
        One row for each clip, sorted: clip_id, label (null without a winner), support (number of
        votes for the leading label, 0 without a vote) and votes (number of votes that counted).

    Raises:
        ValueError: If a voter has two rows for a clip.
    """
    table = check(machine_votes, MachineVotes)
    twice = table.duplicated(["clip_id", "voter"])
    if twice.any():
        first = table[twice].iloc[0]
        raise ValueError(f"voter {first['voter']!r} has two votes for clip {first['clip_id']}")
    counted = table[table["status"].isin(COUNTED_STATUSES) & table["label"].notna()]
    tally = counted.groupby(["clip_id", "label"], as_index=False).agg(size=("voter", "count"))
    by_clip = tally.groupby("clip_id")["size"]
    tally["support"], tally["votes"] = by_clip.transform("max"), by_clip.transform("sum")
    leaders = tally[tally["size"] == tally["support"]].copy()
    leaders["leading"] = leaders.groupby("clip_id")["label"].transform("count")
    leaders = leaders.sort_values(["clip_id", "label"]).drop_duplicates("clip_id")
    wins = (leaders["support"] >= min_agreement) & (leaders["leading"] == 1)
    leaders["label"] = leaders["label"].where(wins)
    clips = pd.DataFrame({"clip_id": sorted({*table["clip_id"], *asked})}, dtype="str")
    result = clips.merge(leaders[list(COLUMNS)], on="clip_id", how="left")
    result["label"] = result["label"].astype("str")
    return (
        result.astype({"support": "float64", "votes": "float64"})
        .fillna({"support": 0, "votes": 0})
        .astype({"support": "int64", "votes": "int64"})
    )
