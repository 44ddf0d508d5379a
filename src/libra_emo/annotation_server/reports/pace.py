"""How long people work for an answer, and how much work is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from libra_emo.annotation_server.reports.vote_log import Votes

GAP_SECONDS: Final = 120.0  # a longer time between two answers is a break of which so much counts
FEWEST: Final = 10  # answers of a person by which the person's pace is judged


@dataclass(frozen=True)
class Forecast:
    """The work that is left, in hours of one person; null while too little is known.

    Attributes:
        hours: At the pace of all answers so far.
        low: At the pace of the fastest quarter of people.
        high: At the pace of the slowest quarter.
    """

    hours: float | None
    low: float | None
    high: float | None


def measure_active_seconds(votes: Votes) -> NDArray[np.float64]:
    """Return for each vote the seconds of work that it took.

    That is the time since the person's vote before, at most `GAP_SECONDS`; of a first vote it is
    the time that the page noted, as far as it is known. Votes of one person are in any order.
    """
    order = np.lexsort((votes.moment, votes.person))
    moment, person = votes.moment[order], votes.person[order]
    gaps = np.diff(moment, prepend=np.nan)
    gaps[np.concatenate([[True], person[1:] != person[:-1]])[: len(gaps)]] = np.nan
    own = np.nan_to_num(votes.seconds[order], nan=0.0)
    active = np.empty(len(votes))
    active[order] = np.clip(np.where(np.isnan(gaps), own, gaps), 0, GAP_SECONDS)
    return active


def sum_by_person(votes: Votes, values: NDArray[np.float64], people: int) -> NDArray[np.float64]:
    """Return the sum of a value of each vote, by person."""
    return np.bincount(votes.person, weights=values, minlength=people).astype(float)


def forecast(answered: NDArray[np.float64], active: NDArray[np.float64], missing: int) -> Forecast:
    """Return how many hours of work are left.

    Args:
        answered: Number of answers of each person.
        active: Seconds of work of each person.
        missing: How many answers are missing.
    """
    known = (answered >= FEWEST) & (active > 0)
    if not known.any():
        return Forecast(None, None, None)
    paces = active[known] / answered[known]
    low, high = np.quantile(paces, [0.25, 0.75])
    whole = active[known].sum() / answered[known].sum()
    return Forecast(*(float(pace * missing / 3600) for pace in (whole, low, high)))
