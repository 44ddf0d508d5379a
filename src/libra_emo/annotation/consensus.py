"""What the votes of a campaign say about each clip: which votes count, the threshold, and ties.

Every function here gives the same result for the same votes in any order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from libra_emo.annotation.campaigns import Campaign
from libra_emo.common.columns.tally import Integers, count_answers, find_leaders
from libra_emo.common.columns.texts import Codes, encode_all, is_sorted
from libra_emo.common.seeding import draw_key
from libra_emo.errors import LibraEmoError
from libra_emo.schemas import HumanVotes, check

AGREED, OTHER, TIE, MISS = "agreed", "other", "tie", "miss"
DECISION_OUTCOMES = (AGREED, OTHER, TIE, MISS)
BYTES_PER_VOTE = 64  # of the table that looks for repeated votes
DECISION_COLUMNS = ("clip_id", "label", "support", "votes", "outcome")


class VotesError(LibraEmoError):
    """Votes are missing, do not belong to their campaign, or do not add up."""


def count_votes(votes: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return the votes of a campaign that count: one per annotator, and not too many per clip.

    The rule, which docs/people.md states for users:

    1. Of one annotator's answers for a clip, the one that the store received last counts, whatever
       the sender's clock says. Rows of one file are received in their order.
    2. If more annotators answered than the campaign asks for, those who answered first keep their
       places, also when they correct their answer. So a late annotator cannot change a complete
       clip. Among those who answered in the same import, a draw by clip and name decides.
    3. In an adjudication, the last decision counts, whoever made it.

    A table without the store's columns (`received_at`, `number`) is ordered by `voted_at`, undated
    rows first; of answers of the same moment the last in the campaign's order counts. So the order
    of rows decides nothing.

    Args:
        votes: HumanVotes; rows of other campaigns are left out.
        campaign: Campaign whose votes are counted.

    Raises:
        VotesError: If an answer is not one of the campaign's.
    """
    counted = _select_votes(votes, campaign).table
    return counted.sort_values(["clip_id", "annotator"]).reset_index(drop=True)


class _Counted(NamedTuple):
    """Votes that count, in no order, with the clip and the answer of each as places."""

    table: pd.DataFrame
    clips: pd.Index
    clip: Integers
    answer: Integers


def _select_votes(votes: pd.DataFrame, campaign: Campaign) -> _Counted:
    """Return the votes that count.

    Most clips have one vote of each annotator and not too many of them. Only the others need the
    order in which the votes came.
    """
    table = check(votes, HumanVotes)
    own = (table["campaign"] == campaign.name).to_numpy()
    table = table if own.all() else table[own].reset_index(drop=True)
    clips, people, labels = encode_all([table[name] for name in ("clip_id", "annotator", "label")])
    answer = pd.Index(campaign.answers).get_indexer(labels.texts)[labels.places]
    if (answer < 0).any():
        first = table[answer < 0].iloc[0]
        raise VotesError(
            f"campaign {campaign.name!r}: {first['annotator']} answered {first['label']!r} for "
            f"clip {first['clip_id']}, which is not one of its answers"
        )
    clip = clips.places
    unclear = _find_unclear(clips, people, campaign.annotators_per_clip)
    if unclear is None:
        return _Counted(table, clips.texts, clip, answer)
    kept = _order_votes(table[unclear].assign(_answer=answer[unclear]), campaign)
    rows = np.concatenate([np.flatnonzero(~unclear), kept])
    return _Counted(table.iloc[rows], clips.texts, clip[rows], answer[rows])


def _find_unclear(clips: Codes, people: Codes, places: int) -> NDArray[np.bool_] | None:
    """Return the votes of clips that have several of one annotator, or too many annotators.

    Returns:
        A value for each vote, or None if no vote is one of them.
    """
    size = max(1, len(people.texts))
    pairs = clips.places * size + people.places
    again = _find_repeated(pairs, size * len(clips.texts)) // size
    unclear = np.bincount(clips.places) > places
    unclear[again] = True
    return np.asarray(unclear[clips.places]) if unclear.any() else None


def _find_repeated(numbers: Integers, size: int) -> Integers:
    """Return the numbers from 0 to below `size` that occur several times.

    Mostly there are none, and a table of the numbers that occur says so sooner than sorting.
    """
    if size <= BYTES_PER_VOTE * len(numbers):
        occur = np.zeros(size, dtype=np.bool_)
        occur[numbers] = True
        if np.count_nonzero(occur) == len(numbers):
            return numbers[:0]
    ordered = np.sort(numbers)
    again: Integers = ordered[1:][ordered[1:] == ordered[:-1]]
    return again


def _order_votes(table: pd.DataFrame, campaign: Campaign) -> Integers:
    """Return the rows of the latest vote of each annotator who holds a place."""
    table = _in_order(table.assign(_row=table.index))
    latest = table.drop_duplicates(["clip_id", "annotator"], keep="last")
    first = table.drop_duplicates(["clip_id", "annotator"])
    # an adjudicator who decides later has read what was decided before
    last_counts = campaign.is_adjudication
    kept = _take_places(latest if last_counts else first, campaign.annotators_per_clip, last_counts)
    return latest.merge(kept, on=["clip_id", "annotator"])["_row"].to_numpy()


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return votes in the order in which they were given, with the moment as `_moment`."""
    received = "received_at" in table
    moment = table["received_at" if received else "voted_at"]
    table = table.assign(_moment=pd.to_datetime(moment, utc=True, format="ISO8601"))
    order = ["_moment", "number", "_answer"] if "number" in table else ["_moment", "_answer"]
    return table.sort_values(order, na_position="first", kind="stable")


def _take_places(given: pd.DataFrame, places: int, last_counts: bool) -> pd.DataFrame:
    """Return clip_id and annotator of those who hold a place, the first ones or the last ones.

    Args:
        given: One answer of each annotator for each clip.
        places: How many hold a place.
        last_counts: Whether the last ones hold it; undated answers are the first ones.
    """
    sizes = given.groupby("clip_id")["annotator"].transform("size")
    crowded = given[sizes > places]
    keys = [*zip(crowded["clip_id"], crowded["annotator"], strict=True)]
    crowded = crowded.assign(_draw=[draw_key(0, "place", *key).hex() for key in keys])
    crowded = crowded.sort_values(
        ["clip_id", "_moment", "_draw"],
        ascending=[True, not last_counts, True],
        na_position="last" if last_counts else "first",
    )
    crowded = crowded.groupby("clip_id", sort=False).head(places)
    columns = ["clip_id", "annotator"]
    return pd.concat([given.loc[sizes <= places, columns], crowded[columns]])


def decide(votes: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Return what a campaign's votes say about each clip that has any.

    An answer wins if at least `threshold` annotators gave it and no other answer has as many
    votes (paper, section 2.3: 4 of 8 for the bench, 2 of 4 for the rounds). Two leading answers
    with equally many votes at or above the threshold are a tie, never a label.

    Args:
        votes: HumanVotes; rows of other campaigns are left out.
        campaign: The campaign that asked.

    Returns:
        One row per clip, sorted by clip_id: clip_id; label, null unless the outcome is agreed;
        support, the number of votes for the leading answer; votes, the number of counted votes;
        outcome, which is agreed, other (the answer for none of the labels won), tie, or miss (no
        answer reached the threshold).
    """
    counted = _select_votes(votes, campaign)
    shape = len(counted.clips), len(campaign.answers)
    leaders = find_leaders(count_answers(counted.clip, counted.answer, shape))
    outcome = np.full(len(counted.clips), DECISION_OUTCOMES.index(AGREED))
    outcome[leaders.answer == campaign.answers.index(campaign.other)] = DECISION_OUTCOMES.index(
        OTHER
    )
    outcome[leaders.leading > 1] = DECISION_OUTCOMES.index(TIE)
    outcome[leaders.support < campaign.threshold] = DECISION_OUTCOMES.index(MISS)
    agreed = outcome == DECISION_OUTCOMES.index(AGREED)
    table = {
        "clip_id": counted.clips,
        "label": _take_texts(campaign.answers, np.where(agreed, leaders.answer, -1)),
        "support": leaders.support,
        "votes": leaders.votes,
        "outcome": _take_texts(DECISION_OUTCOMES, outcome),
    }
    decisions = pd.DataFrame(table, columns=list(DECISION_COLUMNS))
    if is_sorted(counted.clips):
        return decisions
    return decisions.sort_values("clip_id", ignore_index=True)


def _take_texts(texts: tuple[str, ...], places: Integers) -> Any:
    """Return the texts at some places; -1 gives null."""
    return pd.array(list(texts), dtype="str").take(places, allow_fill=True)


def needs_adjudication(decisions: pd.DataFrame) -> list[str]:
    """Return the clips of a decision table on which the annotators reached no consensus."""
    return sorted(decisions.loc[decisions["outcome"].isin([TIE, MISS]), "clip_id"])
