"""The machine vote: when enough voters give one label, it is the clip's label."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from libra_emo.common.columns.codes import encode, first_repeated
from libra_emo.common.columns.tally import count_answers, find_leaders
from libra_emo.schemas import COUNTED_STATUSES, MachineVotes, check

READ = ("clip_id", "voter", "label", "status")


def majority_vote(
    machine_votes: pd.DataFrame, min_agreement: int, asked: Iterable[str] = ()
) -> pd.DataFrame:
    """Return the common vote of all voters on each clip (paper, section 2.2.1: 2 of 3).

    A label wins when at least `min_agreement` voters gave it and no other label has as many.
    Only votes with a counted status count. A clip without such a vote has a row without a label.

    Args:
        machine_votes: MachineVotes, at most one row for each clip and voter. A table whose
            columns clip_id, voter, label and status are categorical is not checked, needs no other
            column, and is counted much faster.
        min_agreement: Number of voters that must give the same label.
        asked: Clips that have a row even if nobody voted on them.

    Returns:
        One row for each clip, sorted: clip_id, label (null without a winner), support (number of
        votes for the leading label, 0 without a vote) and votes (number of votes that counted).

    Raises:
        ValueError: If a voter has two rows for a clip.
    """
    table = _check(machine_votes)
    twice = first_repeated(table["clip_id"], table["voter"])
    if twice is not None:
        row = table.iloc[twice]
        raise ValueError(f"voter {row['voter']!r} has two votes for clip {row['clip_id']}")
    counted = table["status"].isin(COUNTED_STATUSES)
    clip, clips = encode(table["clip_id"])
    answer, labels = encode(table["label"].where(counted))
    given = answer >= 0
    counts = count_answers(clip[given], answer[given], (len(clips), max(1, len(labels))))
    present = np.bincount(clip, minlength=len(clips)) > 0  # some categories may have no row
    leaders = find_leaders(counts[present])
    wins = (leaders.support >= min_agreement) & (leaders.leading == 1)
    winners = labels.array.take(np.where(wins, leaders.answer, -1), allow_fill=True)
    result = pd.DataFrame(
        {
            "clip_id": clips[present],
            "label": pd.Series(winners, dtype="str"),
            "support": leaders.support,
            "votes": leaders.votes,
        }
    )
    without_vote = pd.Index([*asked], dtype="str").unique().difference(clips[present])
    if without_vote.empty:
        return result
    rest = pd.DataFrame({"clip_id": without_vote, "support": 0, "votes": 0})
    return pd.concat([result, rest]).sort_values("clip_id", ignore_index=True)


def _check(machine_votes: pd.DataFrame) -> pd.DataFrame:
    """Return checked votes; categorical ones as they are, since a check makes text of them."""
    if all(isinstance(machine_votes.dtypes.get(name), pd.CategoricalDtype) for name in READ):
        return machine_votes
    return check(machine_votes, MachineVotes)
