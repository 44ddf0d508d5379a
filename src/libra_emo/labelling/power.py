"""Before anybody is asked: how many clips a certificate needs, and what that costs.

Formulas are the usual ones for a share (Cochran, W. G. (1977). Sampling Techniques, chapter 4).
They hold for independent clips; clips of one film are alike, so the design effect of Kish,
1 + (clips a film - 1) x intra-film correlation, multiplies the clips. Figures are rounded.
"""

from __future__ import annotations

import math

from pydantic import Field

from libra_emo.common.options import Options


class BudgetOptions(Options):
    """What a judgement costs.

    Attributes:
        seconds_per_judgement: Time that a person takes for one clip, watching included.
        price_per_hour: Price of an hour of a person's work, in any currency.
        fee_share: Share that a platform adds to the price.
    """

    seconds_per_judgement: float = Field(default=20.0, gt=0)
    price_per_hour: float = Field(default=15.0, ge=0)
    fee_share: float = Field(default=0.0, ge=0)


class Budget(Options):
    """What a plan costs.

    Attributes:
        judgements: Answers of people.
        hours: Hours of work.
        money: Price, in the currency of `price_per_hour`.
    """

    judgements: int
    hours: float
    money: float


def clips_to_certify(
    limit: float,
    expected: float,
    *,
    alpha: float = 0.05,
    power: float = 0.9,
    design_effect: float = 1.0,
) -> int:
    """Return how many audited clips certify that the error is at most a limit.

    Args:
        limit: Error that is to be certified, such as 0.10.
        expected: Error that the labels really have, below the limit.
        alpha: Probability of a certificate although the error is at the limit (one-sided).
        power: Probability of a certificate when the error is as expected.
        design_effect: Factor of the variance against independent clips.

    Raises:
        ValueError: If the expected error is not between 0 and the limit.
    """
    from scipy.stats import norm

    if not 0 <= expected < limit < 1:
        raise ValueError(
            f"an error of {expected} cannot be certified as at most {limit}; the limit must be "
            "above it"
        )
    distance = norm.ppf(1 - alpha) * _deviation(limit) + norm.ppf(power) * _deviation(expected)
    return _rounded((distance / (limit - expected)) ** 2 * design_effect)


def clips_for_width(
    half_width: float, expected: float, *, alpha: float = 0.05, design_effect: float = 1.0
) -> int:
    """Return how many audited clips give an interval of plus and minus a half width.

    Args:
        half_width: Half the width of the interval, such as 0.02.
        expected: Error that the labels have.
        alpha: Error of the two-sided interval.
        design_effect: Factor of the variance against independent clips.
    """
    from scipy.stats import norm

    z = norm.ppf(1 - alpha / 2)
    return _rounded((z * _deviation(expected) / half_width) ** 2 * design_effect)


def certifiable_limit(
    clips: int,
    expected: float,
    *,
    alpha: float = 0.05,
    power: float = 0.9,
    design_effect: float = 1.0,
) -> float:
    """Return the smallest limit that a number of clips certifies; see `clips_to_certify`."""
    low, high = expected, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        enough = low < middle < 1 and clips >= clips_to_certify(
            middle, expected, alpha=alpha, power=power, design_effect=design_effect
        )
        low, high = (low, middle) if enough else (middle, high)
    return high


def design_effect(clips_per_film: float, correlation: float) -> float:
    """Return by how much clips of one film that are alike multiply the variance (Kish)."""
    return max(1.0, 1 + (clips_per_film - 1) * correlation)


def plan_budget(
    clips: int, people_per_clip: float, adjudicated: float, options: BudgetOptions
) -> Budget:
    """Return what it costs to have clips judged.

    Args:
        clips: How many clips are asked about.
        people_per_clip: How many people answer for a clip, on average.
        adjudicated: Share of the clips that need one more answer, of an adjudicator.
        options: What a judgement costs.
    """
    judgements = math.ceil(round(clips * (people_per_clip + adjudicated), 6))
    hours = judgements * options.seconds_per_judgement / 3600
    money = hours * options.price_per_hour * (1 + options.fee_share)
    return Budget(judgements=judgements, hours=round(hours, 2), money=round(money, 2))


def _deviation(share: float) -> float:
    return math.sqrt(share * (1 - share))


def _rounded(clips: float) -> int:
    return max(1, math.floor(clips + 0.5))
