"""The votes of one campaign that count, and the matrix of answers that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation_server.reports.vote_log import VoteLog, Votes
from libra_emo.common.columns.tally import Integers, Leaders, count_answers, find_leaders


@dataclass(frozen=True)
class Selection:
    """The votes of a campaign, by the clips that it asks about now.

    Attributes:
        campaign: The campaign.
        keys: Keys of its clips.
        given: Every answer to these clips, blind ones left out, in the order of receipt.
        latest: The latest answer of each annotator who holds a place at a clip.
        unit: The clip of each of these votes, as a place in `keys`.
        answer: Its answer, as a place in the campaign's answers.
        counts: Number of votes, a row a clip, a column an answer.
    """

    campaign: Campaign
    keys: Sequence[str]
    given: Votes
    latest: Votes
    unit: Integers
    answer: Integers
    counts: NDArray[np.int64]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """The clips that have all the votes that they need."""
        return np.asarray(self.counts.sum(axis=1) >= self.campaign.annotators_per_clip)

    @property
    def disputed(self) -> NDArray[np.bool_]:
        """The complete clips without consensus."""
        leaders: Leaders = find_leaders(self.counts)
        unclear = (leaders.support < self.campaign.threshold) | (leaders.leading > 1)
        return np.asarray(self.complete & unclear)


def select_votes(log: VoteLog, votes: Votes, campaign: Campaign, keys: Sequence[str]) -> Selection:
    """Return the votes of a campaign that count, as `count_votes` chooses them.

    Args:
        log: The log that the votes are from.
        votes: All votes of the store.
        campaign: The campaign.
        keys: Keys of the clips that it asks about.
    """
    clip_of = _translate(log.names["clip"].texts, keys)
    answer_of = _translate(log.names["label"].texts, campaign.answers)
    place = log.names["campaign"].places.get(campaign.name, -1)
    own = votes.take((votes.campaign == place) & ~votes.blind)
    unit, answer = clip_of[own.clip], answer_of[own.label]
    valid = (unit >= 0) & (answer >= 0)
    given, unit, answer = own.take(valid), unit[valid], answer[valid]
    people = len(log.names["person"].texts)
    pairs = unit * people + given.person
    _, first = np.unique(pairs, return_index=True)
    _, from_end = np.unique(pairs[::-1], return_index=True)
    last = len(pairs) - 1 - from_end
    if campaign.is_adjudication:
        first = -last
    places = people if campaign.asks_everybody else campaign.annotators_per_clip
    kept = last[_rank(unit[last], first) < places]
    shape = len(keys), len(campaign.answers)
    counts = count_answers(unit[kept], answer[kept], shape)
    return Selection(campaign, keys, given, given.take(kept), unit[kept], answer[kept], counts)


def _rank(unit: Integers, order: Integers) -> Integers:
    """Return the place of each vote among those of its unit, by the order."""
    places = np.lexsort((order, unit))
    ordered = unit[places]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(unit) else ordered > 0
    starts = np.maximum.accumulate(np.where(begins, np.arange(len(unit)), 0))
    ranks = np.empty(len(unit), dtype=np.int64)
    ranks[places] = np.arange(len(unit)) - starts
    return ranks


def _translate(texts: Sequence[str], chosen: Sequence[str]) -> Integers:
    """Return for each text its place among the chosen ones, -1 for all others."""
    places = {text: place for place, text in enumerate(chosen)}
    return np.array([places.get(text, -1) for text in texts], dtype=np.int64)
