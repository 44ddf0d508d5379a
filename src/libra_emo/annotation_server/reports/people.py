"""What each person's answers in a campaign look like beside those of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libra_emo.annotation_server.reports.pace import measure_active_seconds, sum_by_person
from libra_emo.annotation_server.reports.selection import Selection
from libra_emo.annotation_server.reports.vote_log import VoteLog


@dataclass(frozen=True)
class Share:
    """A share and the number that it is of; `share` is null if that is 0."""

    share: float | None
    of: int


@dataclass(frozen=True)
class PersonReport:
    """One person in one campaign.

    Attributes:
        key: The person's key.
        answered: Number of clips that the person answered.
        active_hours: Hours of work, breaks left out.
        seconds: Median seconds of an answer, or null if none is known.
        with_others: How often another annotator gave the same answer to the same clip.
        gold: Share of the right answers to clips with a known label.
        repeats: Share of clips that were asked twice and got the same answer.
        unheard: Number of answers without having played the clip, or with the sound off.
    """

    key: str
    answered: int
    active_hours: float
    seconds: float | None
    with_others: Share
    gold: Share
    repeats: Share
    unheard: int


def describe_people(
    log: VoteLog,
    selection: Selection,
    gold: Selection | None = None,
    truths: dict[str, str] | None = None,
    repeats: Selection | None = None,
) -> list[PersonReport]:
    """Return what each person did in a campaign, by key.

    Args:
        log: The log of the votes.
        selection: The campaign's votes.
        gold: Votes for the clips with a known label that were mixed into its queue.
        truths: Known label of each of these, by clip.
        repeats: Votes for the clips that were asked again in its queue.
    """
    keys = log.names["person"].texts
    people = len(keys)
    votes = selection.latest
    others = selection.counts.sum(axis=1)[selection.unit] - 1
    same = selection.counts[selection.unit, selection.answer] - 1
    paired = others > 0
    agreed = np.divide(same, others, out=np.zeros(len(votes)), where=paired)
    active = sum_by_person(selection.given, measure_active_seconds(selection.given), people)
    unheard = sum_by_person(votes, votes.unheard.astype(float), people)
    answered = np.bincount(votes.person, minlength=people)
    with_others = _share(votes.person[paired], agreed[paired], people)
    on_gold = _score_gold(gold, truths or {}, people)
    on_repeats = _score_repeats(selection, repeats, people)
    return [
        PersonReport(
            key=keys[place],
            answered=int(answered[place]),
            active_hours=float(active[place] / 3600),
            seconds=_median(votes.seconds[votes.person == place]),
            with_others=with_others[place],
            gold=on_gold[place],
            repeats=on_repeats[place],
            unheard=int(unheard[place]),
        )
        for place in sorted(np.flatnonzero(answered), key=keys.__getitem__)
    ]


def _share(person: NDArray[np.int32], right: NDArray[np.float64], people: int) -> list[Share]:
    of = np.bincount(person, minlength=people)
    sums = np.bincount(person, weights=right, minlength=people)
    return [
        Share(float(total / count) if count else None, int(count))
        for total, count in zip(sums, of, strict=True)
    ]


def _score_gold(gold: Selection | None, truths: dict[str, str], people: int) -> list[Share]:
    if gold is None:
        return [Share(None, 0)] * people
    answers = gold.campaign.answers
    true = np.array(
        [answers.index(t) if (t := truths.get(k)) in answers else -1 for k in gold.keys]
    )
    known = true[gold.unit] >= 0 if len(true) else np.zeros(0, dtype=bool)
    right = gold.answer[known] == true[gold.unit[known]] if len(true) else known
    return _share(gold.latest.person[known], right.astype(float), people)


def _score_repeats(first: Selection, again: Selection | None, people: int) -> list[Share]:
    if again is None:
        return [Share(None, 0)] * people
    before = {
        (first.keys[unit], person): answer
        for unit, person, answer in zip(
            first.unit.tolist(), first.latest.person.tolist(), first.answer.tolist(), strict=True
        )
    }
    pairs = [
        (person, before[again.keys[unit], person] == answer)
        for unit, person, answer in zip(
            again.unit.tolist(), again.latest.person.tolist(), again.answer.tolist(), strict=True
        )
        if (again.keys[unit], person) in before
    ]
    person = np.array([pair[0] for pair in pairs], dtype=np.int32)
    return _share(person, np.array([pair[1] for pair in pairs], dtype=float), people)


def _median(seconds: NDArray[np.float64]) -> float | None:
    known = seconds[np.isfinite(seconds)]
    return float(np.median(known)) if len(known) else None
