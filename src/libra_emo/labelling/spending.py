"""How the permitted error of a certificate is spent over repeated looks.

Whoever looks five times and stops at the first good interval is wrong more often than one look
says. Each look therefore gets a part of the error, alpha; the parts add up to it.

Lan, K. K. G., and DeMets, D. L. (1983). Discrete sequential boundaries for clinical trials.
Biometrika 70, 659-663.
"""

from __future__ import annotations

import math
from typing import Literal

SpendingName = Literal["linear", "pocock", "obrien_fleming"]


def spent_alpha(alpha: float, share: float, spending: SpendingName = "linear") -> float:
    """Return the error that is spent when a share of the looks is done.

    Args:
        alpha: Error of all looks together, such as 0.05.
        share: Share of the planned looks, 0 to 1; above 1 nothing more is spent.
        spending: Spending function: `linear` is alpha t, `pocock` is alpha ln(1 + (e - 1) t),
            `obrien_fleming` is 2 - 2 Phi(z / sqrt t), which spends almost nothing early.
    """
    from scipy.stats import norm

    done = min(max(share, 0.0), 1.0)
    if done == 0.0:
        return 0.0
    if spending == "pocock":
        return alpha * math.log(1 + (math.e - 1) * done)
    if spending == "obrien_fleming":
        return float(2 * norm.sf(norm.ppf(1 - alpha / 2) / math.sqrt(done)))
    return alpha * done


def alpha_of_look(
    alpha: float, look: int, planned: int, spending: SpendingName = "linear"
) -> float:
    """Return the error of one look's own interval.

    The intervals of all looks hold together with probability 1 - alpha, however the looks depend
    on each other, since the parts are added (Bonferroni).

    Args:
        alpha: Error of all looks together.
        look: Number of the look, from 1.
        planned: How many looks were planned before the first.
        spending: Spending function, see `spent_alpha`.

    Raises:
        ValueError: If the look is none of the planned ones.
    """
    if not 1 <= look <= planned:
        raise ValueError(f"look {look} is none of the {planned} planned looks; plan more looks")
    before = spent_alpha(alpha, (look - 1) / planned, spending)
    return spent_alpha(alpha, look / planned, spending) - before
