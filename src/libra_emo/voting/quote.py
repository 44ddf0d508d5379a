"""Price of a vote by models, before any model is asked."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from libra_emo.llm.client.settings import Tally, content_of
from libra_emo.llm.pricing.prices import Estimate
from libra_emo.llm.request.question import Question
from libra_emo.voting.llm_voter import LlmVoter
from libra_emo.voting.options import VotingOptions

COLUMNS = ("voter", "model", "clips", "answered", "to_ask", "low_usd", "high_usd")


def quote_voting(
    voters: Iterable[object], clips: pd.DataFrame, voting: VotingOptions
) -> pd.DataFrame:
    """Return a row for each voter that asks a model: its number of clips, and what they may cost.

    A clip costs nothing if its last question has an answer: the first one, or one that names the
    fault of the reply before. The high figure counts every attempt that is left. With `sequential`
    the voters after the first ones may not be needed, so their low figure is 0.

    Args:
        voters: All voters in their order; cue voters are left out.
        clips: Features of the clips for which votes are wanted.
        voting: Options of the vote.
    """
    models = [voter for voter in voters if isinstance(voter, LlmVoter)]
    spared = voting.min_agreement if voting.sequential else len(models)
    rows = []
    for place, voter in enumerate(models):
        answered, cost = _quote(voter, clips)
        low = cost.low_usd if place < spared else 0.0
        asked = len(clips) - answered
        model = str(voter.options.model)
        rows.append((voter.name, model, len(clips), answered, asked, low, cost.high_usd))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _quote(voter: LlmVoter, clips: pd.DataFrame) -> tuple[int, Estimate]:
    """Return the number of clips without an open question, and the price of the open ones."""
    costs: list[Estimate] = []
    tallies: list[Tally] = []
    faults: dict[str, str] | None = None
    most = voter.max_attempts if voter.asks_again else 1

    def add(question: Question) -> None:
        one = voter.settings.charged.estimate(content_of(question, voter.settings))
        costs.append(Estimate(one.low_usd, one.high_usd * (most - len(tallies))))

    while faults is None or faults:
        tallies.append(voter.look_up(clips, len(tallies) + 1, faults, add))
        faults = voter.faults(tallies)
    whole = Estimate(sum(cost.low_usd for cost in costs), sum(cost.high_usd for cost in costs))
    return len(clips) - len(costs), whole
