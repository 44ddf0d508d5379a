"""The attempts of a voter at a clip, when another one follows, and the row of its vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from libra_emo.llm.ledger.ledger import RecordedAnswer
from libra_emo.llm.replies.reader import Reply

FAULTS: Final[Mapping[str, str]] = {
    "out_of_form": "it had the form of prose instead of the form that was requested",
    "ambiguous": "it named several labels, and exactly one of them is requested",
    "out_of_taxonomy": "what stood in the place of the label is none of the labels above",
}
"""Status of a reply that can be read but is no vote → its fault, as the next question names it.

A refusal stays one: who is asked again until a label comes has forced it. An empty reply and one
that was cut off have nothing to name, and a longer answer is a matter of `max_answer_tokens`.
"""


class Attempt(NamedTuple):
    """A question about a clip that was answered, and the reading of its reply."""

    answer: RecordedAnswer
    reply: Reply
    probabilities: dict[str, float] | None = None


def vote_row(clip_id: str, voter: str, attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Return the row of MachineVotes of a clip: the last reply decides, and all of them cost.

    Args:
        clip_id: The clip.
        voter: Name of the voter.
        attempts: Its attempts in their order; none if no question was answered.
    """
    if not attempts:
        names = ("label", "explanation", "reply", *_SUMMED)
        return {"clip_id": clip_id, "voter": voter, "status": "failed", **dict.fromkeys(names)}
    last = attempts[-1]
    shares = {f"p_{label}": share for label, share in (last.probabilities or {}).items()}
    return {
        "clip_id": clip_id,
        "voter": voter,
        "label": last.reply.label,
        "explanation": last.reply.explanation,
        "status": last.reply.status,
        "reply": last.answer.reply,
        **{name: _sum(attempts, name) for name in _SUMMED},
        **shares,
    }


_SUMMED = ("prompt_tokens", "completion_tokens", "cost_usd", "seconds")


def _sum(attempts: Sequence[Attempt], name: str) -> Any:
    values = [getattr(attempt.answer, name) for attempt in attempts]
    known = [value for value in values if value is not None]
    return sum(known) if known else None
