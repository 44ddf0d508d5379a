"""What the explanations by a model will cost, before anybody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from libra_emo.explanations.model_writer import Clip, ModelWriter, Telling
from libra_emo.llm.client.settings import content_of
from libra_emo.llm.ledger.ledger import ANSWERED
from libra_emo.llm.pricing.prices import Estimate


class Quote(NamedTuple):
    """What is known and what is to be asked.

    Attributes:
        clips: That are to be explained.
        answered: Of them, those for which no request is due any more.
        to_ask: Those for which one is.
        cost: Low: each text is good at once. High: each is asked for as often as is allowed.
    """

    clips: int
    answered: int
    to_ask: int
    cost: Estimate


def quote_explanations(writer: ModelWriter, clips: Sequence[Clip]) -> Quote:
    """Return what the explanations of clips may cost; what is in the ledger costs nothing.

    Args:
        writer: Says what is asked.
        clips: With their labels; before there are labels, with any that they may get.
    """
    costs: list[Estimate] = []
    last = writer.options.max_attempts

    def put(due: Sequence[Telling], turn: int) -> dict[str, str]:
        keys = {}
        for telling, make in zip(due, writer.makers(due), strict=True):
            question = make()
            known = writer.tools.ledger.find([question.key]).get(question.key)
            if known is not None and known.status == ANSWERED:
                keys[telling.clip.clip_id] = question.key
                continue
            asking = writer.asker.asking
            cost = asking.price.estimate(content_of(question, asking))
            left = last - len(telling.attempts)
            costs.append(Estimate(cost.low_usd, cost.high_usd * left))
            telling.pending = True
        return keys

    tellings = writer.write(clips, put)
    pending = sum(telling.pending for telling in tellings)
    whole = Estimate(sum(c.low_usd for c in costs), sum(c.high_usd for c in costs))
    return Quote(len(tellings), len(tellings) - pending, pending, whole)
