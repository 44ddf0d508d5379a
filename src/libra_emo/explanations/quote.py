"""Price of the explanations by a model, before the model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from libra_emo.explanations.model_writer import Draft, LabelledClip, ModelWriter
from libra_emo.llm.client.forms import choose_form
from libra_emo.llm.client.settings import content_of
from libra_emo.llm.pricing.prices import Estimate


class Quote(NamedTuple):
    """Price of explanations.

    Attributes:
        clips: Number of clips that are to be explained.
        answered: Number of clips for which no request is due any more.
        to_ask: Number of clips for which one is due.
        cost: Price of the requests. Low: each text passes at once. High: each is requested as often
            as is allowed.
    """

    clips: int
    answered: int
    to_ask: int
    cost: Estimate


def quote_explanations(writer: ModelWriter, clips: Sequence[LabelledClip]) -> Quote:
    """Return what the explanations of clips may cost; an answer in the ledger costs nothing.

    Args:
        writer: The writer.
        clips: Clips with their labels; before there are labels, with any that they may get.
    """
    costs: list[Estimate] = []
    last = writer.options.max_attempts

    def look_up(due: Sequence[Draft], turn: int) -> dict[str, str]:
        keys = {}
        for draft, make in zip(due, writer.questions(due), strict=True):
            form = choose_form(writer.resources.ledger, make())
            if form.answer is not None:
                keys[draft.clip.clip_id] = form.question.key
                continue
            settings = writer.settings
            cost = settings.price.estimate(content_of(form.question, settings))
            left = last - len(draft.attempts)
            costs.append(Estimate(cost.low_usd, cost.high_usd * left))
            draft.pending = True
        return keys

    drafts = writer.write(clips, look_up)
    pending = sum(draft.pending for draft in drafts)
    whole = Estimate(sum(c.low_usd for c in costs), sum(c.high_usd for c in costs))
    return Quote(len(drafts), len(drafts) - pending, pending, whole)
