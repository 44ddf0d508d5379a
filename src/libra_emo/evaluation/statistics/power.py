"""The smallest difference that a set can show, and the number of films that it would need."""

from __future__ import annotations

import math
from typing import NamedTuple

from libra_emo.evaluation.statistics.comparisons import Comparison

POWER = 0.8
WANTED = 0.02  # a difference of two points, the size that papers report


class Power(NamedTuple):
    """What a set of clips can tell apart.

    Attributes:
        difference: Smallest true difference of accuracy that a test at 5 % finds with 80 % power.
        films: Films that a difference of `wanted` would need.
        clips: Clips that it would need, at as many in a film as now.
        wanted: The difference that is asked for.
    """

    difference: float
    films: int
    clips: int
    wanted: float


def detectable_difference(error: float, films: int, power: float = POWER) -> float:
    """Return the smallest true difference that a two-sided test at 5 % finds with some power.

    Args:
        error: Standard error of the difference, clustered by film.
        films: Number of films.
        power: Probability with which the difference is found.
    """
    from scipy.special import stdtrit

    if films < 2:
        return float("nan")
    quantiles = stdtrit(films - 1, 0.975) + stdtrit(films - 1, power)
    return float(error * quantiles)


def describe_power(
    comparisons: list[Comparison], wanted: float = WANTED, power: float = POWER
) -> Power | None:
    """Return what the set can show of a typical pair of these models; None where it has no pair.

    The typical pair is the one with the median standard error. The error falls with the square
    root of the number of films.
    """
    known = [pair for pair in comparisons if pair.films > 1 and pair.error > 0]
    if not known:
        return None
    typical = sorted(known, key=lambda pair: pair.error)[(len(known) - 1) // 2]
    smallest = detectable_difference(typical.error, typical.films, power)
    needed = max(2, math.ceil(typical.films * (smallest / wanted) ** 2))
    clips = math.ceil(needed * typical.clips / typical.films)
    return Power(smallest, needed, clips, wanted)
